"""The news search, against a server that speaks like it, through the real outbound client."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from apps.deepidv.handlers.adverse_media_screening import handle
from apps.deepidv.screening.names import names_of
from apps.deepidv.screening.news import MOST, queries, search
from apps.deepidv.tests.news import STORIES, THROTTLED, NewsSearch, refusal
from apps.deepidv.tests.screened import context, parsed
from claimcheck.domain.outcome import Fail, Outcome, Retry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.deepidv.job_types.adverse_media_screening import Result
    from apps.deepidv.screening.articles import Article

DAYS = (date(2026, 3, 21), date(2026, 6, 21))


@pytest.fixture
def news() -> Iterator[NewsSearch]:
    with NewsSearch() as news:
        yield news


def found(news: NewsSearch, *names: str) -> list[Article]:
    return search(queries(names_of(list(names) or ["John Doe"], "person")), *DAYS, context(news.url))[0]


def outcome(news: NewsSearch, **more: Any) -> Outcome:
    with pytest.raises(Outcome) as ended:
        search(["john"], *DAYS, context(news.url, **more))
    return ended.value


def screened(news: NewsSearch, **body: Any) -> Result:
    return handle(parsed(**body), context(news.url))


def test_an_article_is_a_title_with_its_address_source_and_time(news: NewsSearch) -> None:
    news.reports("Banker John Doe  convicted", domain="courier.example", days=2)

    (article,) = found(news)

    assert article.title == "Banker John Doe convicted"
    assert article.url == "https://courier.example/banker-john-doe-convicted"
    assert article.source == "courier.example"
    assert article.report().published_at == "2026-06-19T23:59:59Z"
    assert article.text == ""


def test_it_is_asked_for_the_period_in_the_form_of_the_api(news: NewsSearch) -> None:
    found(news)

    (asked,) = news.asked
    assert asked["query"].startswith('"John Doe" (charged OR convicted OR ')
    assert asked["query"].endswith(" sourcelang:english")
    assert (asked["mode"], asked["format"], asked["maxrecords"]) == ("artlist", "json", "250")
    assert (asked["startdatetime"], asked["enddatetime"]) == ("20260321000000", "20260621235959")


@pytest.mark.parametrize(
    "names",
    [
        ["John Doe"],
        ["Doe, John"],
        ["Sukarno"],
        ["José Núñez"],
        ["Иван Петров"],
        ['John "Jack" (Doe): near5:x'],
        ["J. Doe", "Jack Doe", "Johann Doe", "Ivan Doe"],
        ["A" * 50 + " " + "B" * 49, "C" * 50 + " " + "D" * 49],
        [f"Alias{n} Of John Doe The Elder" for n in range(8)],
    ],
)
@pytest.mark.parametrize("kind", ["person", "organization"])
def test_no_name_makes_a_query_that_the_api_refuses(names: list[str], kind: Any) -> None:
    asked = queries(names_of(names, kind))

    assert asked
    assert [refusal(query) for query in asked] == [""] * len(asked)
    assert all(" OR convicted" in query for query in asked)


def test_a_name_is_searched_as_it_is_written_and_in_plain_letters() -> None:
    (query,) = queries(names_of(["Núñez, José", "Pepe"], "person"))

    assert query.startswith('("José Núñez" OR "jose nunez" OR Pepe) (')


def test_names_that_fit_no_single_query_are_searched_one_after_another(news: NewsSearch) -> None:
    names = [
        f"{first} Archibald Featherstonehaugh Cholmondeley" for first in ("John", "Jack", "Ivan", "Hans")
    ]
    news.reports(f"{names[0]} convicted")
    news.reports(f"{names[3]} and {names[0]} convicted")
    job = context(news.url)
    started = job.tools.clock.now()

    articles = search(queries(names_of(names, "person")), *DAYS, job)[0]

    assert len(news.asked) == 2
    assert len(articles) == 2
    assert job.tools.clock.now() - started >= 5000
    assert [done for done, _, _ in job.reported] == [1, 2]


def test_nothing_found_is_no_article(news: NewsSearch) -> None:
    assert found(news) == []


@pytest.mark.parametrize(
    "body",
    [
        r'{"articles": [{"title": "Doe\'s 5\% \d \u00e9 \ud800", "url": "https://a.example/\/"}]}',
        '{"articles": [{"title": "A\ttab", "seendate": "yesterday", "url": 5}, "no", null, {"title": ""}]}',
        '{"articles": [{"title": "\udcff broken utf-8"}]}',
    ],
)
def test_titles_are_read_with_any_broken_escapes(news: NewsSearch, body: str) -> None:
    news.next(200, body)

    (article,) = found(news)

    assert article.title.isprintable()
    json.dumps(article.title, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, THROTTLED),
        (200, THROTTLED),
        (500, "<html>oops</html>"),
        (503, ""),
        (408, ""),
        (200, ""),
        (200, "<html>a proxy's page</html>"),
        (200, '{"articles": [{"title": "cut o'),
        (200, '{"articles": 5}'),
        (200, '{"articles": ' + "[" * 100_000),
    ],
)
def test_a_temporary_failure_is_retried(news: NewsSearch, status: int, body: str) -> None:
    news.next(status, body)

    ended = outcome(news)

    assert isinstance(ended, Retry)
    assert (ended.code, ended.after) == ("news_unavailable", None)


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        (200, "The specified phrase is too short.\n", "The specified phrase is too short."),
        (200, "Your query was too short or too long.", "Your query was too short or too long."),
        (403, "no", "status 403"),
        (301, "", "status 301"),
    ],
)
def test_a_refusal_fails_in_the_searchs_own_words(
    news: NewsSearch, status: int, body: str, answered: str
) -> None:
    news.next(status, body)

    ended = outcome(news)

    assert isinstance(ended, Fail)
    assert ended.code == "news_rejected"
    assert answered in ended.message


@pytest.mark.parametrize(("shown", "after"), [("7", 7.0), ("0", 0.0), ("86400", None), ("soon", None)])
def test_a_sensible_retry_after_is_heeded(news: NewsSearch, shown: str, after: float | None) -> None:
    news.next(429, THROTTLED, retry_after=shown)

    ended = outcome(news)

    assert isinstance(ended, Retry)
    assert ended.after == after


def test_a_search_that_is_not_there_is_tried_again() -> None:
    with NewsSearch() as gone:
        pass

    ended = outcome(gone)

    assert isinstance(ended, Retry)
    assert ended.code == "news_unavailable"


def test_an_address_that_must_not_be_called_fails() -> None:
    with pytest.raises(Fail) as failed:
        search(["john"], *DAYS, context("http://example.com/"))

    assert failed.value.code == "news_unavailable"


def test_with_too_little_time_left_it_is_not_asked(news: NewsSearch) -> None:
    ended = outcome(news, seconds=9.0)

    assert isinstance(ended, Retry)
    assert news.asked == []


def test_titles_are_screened_with_what_was_searched(news: NewsSearch) -> None:
    news.stories.extend(STORIES)

    result = screened(news)

    assert [(each.title, each.stage) for each in result.findings] == [
        ("Banker John Doe Convicted of Fraud - The Herald", "CONVICTED"),
        ("Prosecutors investigate John Doe over alleged bribery", "INVESTIGATION"),
    ]
    shown = json.loads(result.model_dump_json())["screened"]
    assert shown == {
        "source": "news",
        "documents": 5,
        "naming": 5,
        "setAside": 1,
        "unread": 0,
        "queries": [asked["query"] for asked in news.asked],
        "from": "2026-03-21",
        "to": "2026-06-21",
        "truncated": False,
    }


def test_an_article_that_names_the_subject_only_in_its_text_is_no_finding(news: NewsSearch) -> None:
    news.reports("Banker convicted of fraud", text="John Doe was convicted of fraud.")

    result = screened(news)

    assert (result.total_hits, result.screened.documents, result.screened.naming) == (0, 1, 0)
    assert result.summary == (
        "No adverse-media findings in 1 news title from 2026-03-21 to 2026-06-21, "
        "0 of which name the subject."
    )


def test_as_many_articles_as_can_be_are_perhaps_not_all(news: NewsSearch) -> None:
    for number in range(MOST + 1):
        news.reports(f"John Doe sails {number}")

    result = screened(news)

    assert result.screened.documents == MOST
    assert result.screened.truncated
    assert result.summary.endswith("there may be more.")


@pytest.mark.parametrize(
    ("body", "period"),
    [
        ({}, ("20260321000000", "20260621235959")),
        ({"lookbackMonths": 1}, ("20260521000000", "20260621235959")),
        ({"from": "2026-06-01"}, ("20260601000000", "20260621235959")),
        ({"to": "2026-05-31", "lookbackMonths": 3}, ("20260228000000", "20260531235959")),
        ({"from": "2026-05-01", "to": "2026-05-31"}, ("20260501000000", "20260531235959")),
    ],
)
def test_the_period_is_three_months_unless_another_is_asked_for(
    news: NewsSearch, body: dict[str, Any], period: tuple[str, str]
) -> None:
    screened(news, **body)

    assert (news.asked[0]["startdatetime"], news.asked[0]["enddatetime"]) == period


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"from": "2026-06-22"}, "empty_period"),
        (
            {"subject": {"name": "J. Doe", "aliases": ["Ab " * 30 + str(n) for n in range(9)]}},
            "too_many_names",
        ),
        ({"subject": {"name": "李小龙"}}, "unsearchable_name"),
    ],
)
def test_a_subject_that_cannot_be_searched_fails_with_its_own_code(
    news: NewsSearch, body: dict[str, Any], code: str
) -> None:
    with pytest.raises(Fail) as failed:
        screened(news, **body)

    assert failed.value.code == code
    assert news.asked == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Throttled Person", "news_unavailable"),
        ("Unavailable Person", "news_unavailable"),
        ("Rejected Person", "news_rejected"),
    ],
)
def test_the_stand_in_is_moody_for_who_asks_for_it(news: NewsSearch, name: str, code: str) -> None:
    with pytest.raises(Outcome) as ended:
        screened(news, subject={"name": name})

    assert getattr(ended.value, "code", None) == code


def test_the_stand_in_serves_from_the_command_line() -> None:
    with NewsSearch() as taken:
        port = int(taken.url.split(":")[2].split("/")[0])
    served = subprocess.Popen([sys.executable, "-m", "apps.deepidv.tests.news", str(port)])
    try:
        assert b"John Doe" in _eventually(port)
    finally:
        served.kill()
        served.wait()


def _eventually(port: int) -> bytes:
    path = "/?query=%22John+Doe%22&maxrecords=9&startdatetime=20260101000000&enddatetime=20260601000000"
    for _ in range(1000):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except ConnectionRefusedError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise AssertionError("it never answered")
