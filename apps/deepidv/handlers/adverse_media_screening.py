"""The handler of `adverse_media_screening`."""

from calendar import monthrange
from datetime import UTC, date, datetime
from typing import NamedTuple, get_args

from apps.deepidv.job_types.adverse_media_screening import Category, Input, Result, Screened
from apps.deepidv.screening.articles import Article
from apps.deepidv.screening.matching import Matcher
from apps.deepidv.screening.names import Name, names_of
from apps.deepidv.screening.news import queries, search
from apps.deepidv.screening.passages import Reader
from apps.deepidv.screening.scoring import risk_level, score_parts
from apps.deepidv.screening.stories import stories
from apps.deepidv.screening.summary import exposures, summary
from apps.deepidv.screening.texts import Text
from claimcheck.authoring import Fail, JobContext

ALL: tuple[Category, ...] = get_args(Category)
# Months that the news search covers by default.
NEWS_MONTHS = 3
# Four searches and their pauses fit into an attempt.
MOST_QUERIES = 4
REPORT_EVERY = 10


class Selection(NamedTuple):
    """The articles to screen, and how they were chosen."""

    articles: list[Article]
    since: date | None
    until: date | None
    queries: list[str]
    truncated: bool = False


def handle(input: Input, job: JobContext) -> Result:
    names = names_of([input.subject.called, *input.subject.aliases], input.type)
    if not names or not names[0].family:
        raise Fail("unreadable_name", "The name has no letters that could be compared.")
    selected = _documents(input, job) if input.documents else _news(input, names, job)
    return _result(input, names, selected, job)


def _documents(input: Input, job: JobContext) -> Selection:
    since, until = input.since, input.until
    if input.lookback_months:
        since = _months_before(until or _today(job), input.lookback_months)
    found = [Article.of(document) for document in input.documents or []]
    return Selection([article for article in found if article.within(since, until)], since, until, [])


def _news(input: Input, names: list[Name], job: JobContext) -> Selection:
    until = input.until or _today(job)
    since = input.since or _months_before(until, input.lookback_months or NEWS_MONTHS)
    if since > until:
        raise Fail("empty_period", "The period to search starts after today: send an earlier `from`.")
    asked = queries(names)
    if not asked:
        raise Fail("unsearchable_name", "The news search reads Latin letters: send an alias in them.")
    if len(asked) > MOST_QUERIES:
        raise Fail(
            "too_many_names",
            f"The names need {len(asked)} searches, at most {MOST_QUERIES} are made: send fewer aliases.",
        )
    articles, truncated = search(asked, since, until, job)
    return Selection(articles, since, until, asked, truncated)


def _result(input: Input, names: list[Name], selected: Selection, job: JobContext) -> Result:
    articles = selected.articles
    texts = [Text(article.title, article.text) for article in articles]
    # Words in lower case. Such a word at the start of a sentence may not be a name.
    common = frozenset(word.raw for text in texts for word in text.words if word.raw.islower())
    reader = Reader(input.subject, Matcher(names, common), input.categories or ALL, input.minimum_match)
    readings = []
    for number, (article, text) in enumerate(zip(articles, texts, strict=True), start=1):
        readings.append(reader.read(article, text))
        if number % REPORT_EVERY == 0 and article.text:
            job.progress(number, len(articles), "documents screened")
    screened = Screened(
        source="documents" if input.documents else "news",
        documents=len(articles),
        naming=sum(reading.naming for reading in readings),
        set_aside=sum(reading.set_aside for reading in readings),
        unread=sum(reading.unread for reading in readings),
        queries=selected.queries,
        since=selected.since,
        until=selected.until,
        truncated=selected.truncated,
    )
    found = stories(readings)
    findings, parts = [story.finding() for story in found], score_parts(found)
    score = sum(part.points for part in parts)
    return Result(
        total_hits=len(findings),
        risk_level=risk_level(len(findings), score),
        risk_score=score,
        summary=summary(findings, screened),
        findings=findings,
        exposures_by_category=exposures(findings),
        score_parts=parts,
        screened=screened,
    )


def _today(job: JobContext) -> date:
    return datetime.fromtimestamp(job.tools.clock.now() / 1000, UTC).date()


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
