"""The news search: the GDELT DOC 2.0 API, or whatever speaks like it.

It searches what the press wrote, and gives titles with their addresses: no texts. Of its ways: a request
every five seconds; errors come as plain text, often with status 200; titles may bring escapes that are
no JSON.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from apps.deepidv.screening.articles import Article, host_of
from claimcheck.authoring import (
    Fail,
    JobContext,
    Outcome,
    Retry,
)
from claimcheck.outbound import Answer, OutboundError, retry_after

URL = "https://api.gdeltproject.org/api/v2/doc/doc"
# The most articles that one request gives.
MOST = 250
# Between two requests, in milliseconds: a little more than the five seconds asked for.
PAUSE = 5_500
# Seconds for one request.
TIMEOUT = 20
# What a request and the screening after it need at least, in seconds.
LEAST_TIME = 10
# Seconds: what asks for a longer wait is tried again by the job type's own policy, within its deadline.
LONGEST_WAIT = 300
THROTTLED = re.compile(r"limit requests|too many requests|rate limit", re.IGNORECASE)
ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[\"\\/bfnrt]|)")


class Found(NamedTuple):
    articles: list[Article]
    truncated: bool


def search(queries: list[str], since: date, until: date, job: JobContext) -> Found:
    """What any of the queries finds, each article once.

    Raises: Retry `news_unavailable`; Fail `news_rejected`, `news_unavailable`.
    """
    found, truncated = dict[tuple[str, str | None], Article](), False
    for number, query in enumerate(queries):
        if number:
            job.tools.clock.sleep(PAUSE)
        articles = _ask(query, since, until, job)
        truncated = truncated or len(articles) >= MOST
        found |= {(article.title, article.url): article for article in articles}
        job.progress(number + 1, len(queries) + 1, "news searched")
    return Found(list(found.values()), truncated)


def _ask(query: str, since: date, until: date, job: JobContext) -> list[Article]:
    if job.remaining() < LEAST_TIME:
        raise Retry(message="The news search is too slow today.", code="news_unavailable")
    asked = {
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
            "GET", f"{base}?{urlencode(asked)}", timeout=timeout, limit=4 << 20
        )
    except OutboundError as error:
        raise _unreachable(error) from error
    if answer.status != 200:
        raise _refused(answer, job.tools.clock.now())
    return list(_articles(answer))


def _unreachable(error: OutboundError) -> Outcome:
    if error.transient:
        return Retry(message=f"The news search gave no answer: {error.code}.", code="news_unavailable")
    return Fail("news_unavailable", f"The news search cannot be used: {error.code}.")


def _refused(answer: Answer, now: int) -> Outcome:
    if answer.status in (408, 429) or answer.status >= 500:
        wait = retry_after(answer.headers, now)
        sensible = wait if wait is not None and wait <= LONGEST_WAIT else None
        return Retry(sensible, f"The news search answered with status {answer.status}.", "news_unavailable")
    return Fail("news_rejected", f"The news search answered with status {answer.status}.")


def _articles(answer: Answer) -> Iterator[Article]:
    text = answer.body.decode(errors="replace").strip()
    if not text.startswith("{"):
        raise _told(text)
    try:
        listed = json.loads(ESCAPE.sub(_escaped, text), strict=False).get("articles", [])
        entries = [entry for entry in listed if isinstance(entry, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Retry(message="The news search's answer could not be read.", code="news_unavailable") from None
    for entry in entries:
        if title := _words(entry, "title"):
            url = _words(entry, "url") or None
            yield Article(
                title=title[:500],
                url=url,
                source=_words(entry, "domain") or host_of(url),
                published=_seen(_words(entry, "seendate")),
            )


def _told(text: str) -> Outcome:
    """What an answer that is no JSON means: an error in words, or a page from something in between."""
    if THROTTLED.search(text[:500]):
        return Retry(message="The news search asks for fewer requests.", code="news_unavailable")
    if not text or text.startswith("<"):
        return Retry(message="The news search's answer could not be read.", code="news_unavailable")
    return Fail("news_rejected", f"The news search says: {' '.join(text[:200].split())}")


def _escaped(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else ""


def _words(entry: dict[str, Any], name: str) -> str:
    """A field as text that UTF-8 can say: escapes can make halves of characters."""
    value = entry.get(name)
    return " ".join(value.encode(errors="replace").decode().split()) if isinstance(value, str) else ""


def _seen(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
