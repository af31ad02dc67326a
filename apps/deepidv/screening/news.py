"""A client of the GDELT DOC 2.0 API, which searches news and returns titles and URLs.

The API accepts one request every five seconds. Errors are plain text, often with status 200. Titles may
have escapes that are invalid in JSON. In a query, quotes are only for phrases of several words, parentheses
only for alternatives with OR (GDELT Project Blog, "GDELT DOC 2.0 API Debuts!", and the API's error
messages). The API accepts about 250 characters.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from apps.deepidv.screening.articles import Article, host_of
from apps.deepidv.screening.language import NOT_LATIN
from apps.deepidv.screening.names import Name
from apps.deepidv.screening.spelling import spellings
from claimcheck.authoring import Fail, JobContext, Outcome, Retry
from claimcheck.outbound import Answer, OutboundError, retry_after

URL = "https://api.gdeltproject.org/api/v2/doc/doc"
# Articles in one answer.
MOST = 250
# Milliseconds between two requests.
PAUSE = 5_500
# Seconds for one request.
TIMEOUT = 20
# The least seconds for a request and the screening after it.
LEAST_TIME = 10
# Seconds. Instead of a longer `Retry-After`, the retry policy sets the pause.
LONGEST_WAIT = 300
THROTTLED = re.compile(r"limit requests|too many requests|rate limit", re.IGNORECASE)
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt]|)")

# Characters of a query, and of its names.
LENGTH = 240
NAMES_LENGTH = 130
# Nearly every text about an offence has one of these words.
ADVERSE = """
charged convicted accused alleged arrested court police prosecutors fined sanctions fraud investigation jailed
sentenced corruption crime
"""
# Like the lexicon.
LANGUAGE = "sourcelang:english"
# Characters of operators, such as colons and quotes.
OPERATING = re.compile(r"[^\w'\u2019\- ]+")


def queries(names: list[Name]) -> list[str]:
    """Return queries for all names, each with some names and any of the adverse words."""
    return [
        f"{asked} {_any_of(_adverse(LENGTH - len(asked) - len(LANGUAGE) - 2))} {LANGUAGE}"
        for asked in _groups(list(_phrases(names)))
    ]


def _phrases(names: list[Name]) -> Iterator[str]:
    """Yield each name as written and in plain letters."""
    seen = set[str]()
    for name in names:
        plain = " ".join(spellings(word)[0] for word in name.written.split())
        for spelt in (name.written, plain):
            words = OPERATING.sub(" ", spelt).split()
            phrase = " ".join(words)
            if words and phrase.lower() not in seen and not NOT_LATIN.search(phrase):
                seen.add(phrase.lower())
                yield f'"{phrase}"' if len(words) > 1 else phrase


def _groups(phrases: list[str]) -> Iterator[str]:
    group = list[str]()
    for phrase in phrases:
        if group and len(_any_of([*group, phrase])) > NAMES_LENGTH:
            yield _any_of(group)
            group = []
        group.append(phrase)
    if group:
        yield _any_of(group)


def _adverse(room: int) -> list[str]:
    chosen = list[str]()
    for word in ADVERSE.split():
        if len(_any_of([*chosen, word])) <= room:
            chosen.append(word)
    return chosen


def _any_of(terms: list[str]) -> str:
    return f"({' OR '.join(terms)})" if len(terms) > 1 else "".join(terms)


def search(asked: list[str], since: date, until: date, job: JobContext) -> tuple[list[Article], bool]:
    """Send the queries. Return the articles, each once, and whether a query reached its limit.

    Raises: Retry `news_unavailable`; Fail `news_rejected`, `news_unavailable`.
    """
    found, truncated = dict[tuple[str, str | None], Article](), False
    for number, query in enumerate(asked):
        if number:
            job.tools.clock.sleep(PAUSE)
        articles = _ask(query, since, until, job)
        truncated = truncated or len(articles) >= MOST
        found |= {(article.title, article.url): article for article in articles}
        job.progress(number + 1, len(asked) + 1, "news searched")
    return list(found.values()), truncated


def _ask(query: str, since: date, until: date, job: JobContext) -> list[Article]:
    if job.remaining() < LEAST_TIME:
        raise _unavailable("The news search is too slow.")
    parameters = {
        "query": query,
        "mode": "artlist",
        "format": "json",
        "maxrecords": MOST,
        "sort": "datedesc",
        "startdatetime": f"{since:%Y%m%d}000000",
        "enddatetime": f"{until:%Y%m%d}235959",
    }
    base = job.tools.environment.get("NEWS_URL") or URL
    timeout = min(TIMEOUT, job.remaining() - LEAST_TIME / 2)
    try:
        answer = job.tools.outbound.request(
            "GET", f"{base}?{urlencode(parameters)}", timeout=timeout, limit=4 << 20
        )
    except OutboundError as error:
        if error.transient:
            raise _unavailable(f"The news search did not answer: {error.code}.") from error
        raise Fail("news_unavailable", f"The news search cannot be used: {error.code}.") from error
    if answer.status != 200:
        raise _refused(answer, job.tools.clock.now())
    return list(_articles(answer))


def _unavailable(message: str, wait: float | None = None) -> Retry:
    return Retry(wait, message, "news_unavailable")


def _refused(answer: Answer, now: int) -> Outcome:
    message = f"The news search answered with status {answer.status}."
    if answer.status not in (408, 429) and answer.status < 500:
        return Fail("news_rejected", message)
    wait = retry_after(answer.headers, now)
    return _unavailable(message, wait if wait is not None and wait <= LONGEST_WAIT else None)


def _articles(answer: Answer) -> Iterator[Article]:
    text = answer.body.decode(errors="replace").strip()
    if not text.startswith("{"):
        raise _rejected(text)
    try:
        valid = ESCAPE.sub(lambda found: "" if found[0] == "\\" else found[0], text)
        listed = json.loads(valid, strict=False).get("articles", [])
        entries = [entry for entry in listed if isinstance(entry, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise _unavailable("The answer of the news search could not be read.") from None
    for entry in entries:
        if title := _words(entry, "title"):
            url = _words(entry, "url") or None
            yield Article(
                title=title[:500],
                url=url,
                source=_words(entry, "domain") or host_of(url),
                published=_seen(_words(entry, "seendate")),
            )


def _rejected(text: str) -> Outcome:
    """Interpret an answer that is not JSON: an error text, or a page of a proxy."""
    if THROTTLED.search(text[:500]):
        return _unavailable("The news search asks for fewer requests.")
    if not text or text.startswith("<"):
        return _unavailable("The answer of the news search could not be read.")
    return Fail("news_rejected", f"The news search refused the query: {' '.join(text[:200].split())}")


def _words(entry: dict[str, Any], name: str) -> str:
    """Return a field as text, without lone surrogates from escapes."""
    value = entry.get(name)
    return " ".join(value.encode(errors="replace").decode().split()) if isinstance(value, str) else ""


def _seen(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
