"""A news search that speaks like the GDELT DOC 2.0 API, for tests: its lists, its rules and its moods.

    with NewsSearch() as news:
        news.reports("Banker John Doe convicted of fraud", domain="example.org")
        news.next(429, "Please limit requests to one every 5 seconds.")
        ...                                            # what is tested asks news.url
        assert news.asked[0]["query"] == '"John Doe" ...'

`python -m apps.deepidv.tests.news <port>` serves `STORIES`. A search for one of `MOODS` gets its answer.
"""

from __future__ import annotations

import json
import re
import sys
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from types import TracebackType

STAMP = "%Y%m%d%H%M%S"
LONGEST_QUERY = 250
PHRASE = re.compile(r'"([^"]*)"|([^\s()"]+)')
THROTTLED = "Please limit requests to one every 5 seconds or contact the project for larger queries.\n"


class Mood(NamedTuple):
    """An answer other than the requested one. GDELT's errors are plain text with any status."""

    status: int
    body: str
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


MOODS = {
    "throttled person": Mood(429, THROTTLED),
    "unavailable person": Mood(503, "<html>Service Unavailable</html>"),
    "rejected person": Mood(200, "The specified phrase is too short.\n"),
}


@dataclass(frozen=True)
class Story:
    """`text` is searched but never returned. `days` is the time before the period's end at which it was
    seen."""

    title: str
    domain: str = "news.example"
    text: str = "fraud"
    days: int = 1
    url: str = ""

    def listed(self, end: datetime) -> dict[str, str]:
        path = re.sub(r"\W+", "-", self.title.lower()).strip("-")
        return {
            "url": self.url or f"https://{self.domain}/{path}",
            "url_mobile": "",
            "title": self.title,
            "seendate": f"{end - timedelta(days=self.days):%Y%m%dT%H%M%SZ}",
            "socialimage": "",
            "domain": self.domain,
            "language": "English",
            "sourcecountry": "United Kingdom",
        }


STORIES = (
    Story("Banker John Doe convicted of fraud", "courier.example"),
    Story("Banker John Doe Convicted of Fraud - The Herald", "herald.example", days=2),
    Story("Prosecutors investigate John Doe over alleged bribery", "ledger.example", days=20),
    Story("John Doe wins the regatta", "herald.example", days=5),
    Story("Fund manager acquitted of fraud: John Doe walks free", "ledger.example", days=40),
)


class NewsSearch:
    """Serves on 127.0.0.1. `asked` has every query string."""

    def __init__(self, stories: tuple[Story, ...] = (), port: int = 0) -> None:
        self.stories = list(stories)
        self.asked: list[dict[str, str]] = []
        self._moods: deque[Mood] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _exchange(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/api/v2/doc/doc"

    def reports(self, title: str, **more: Any) -> None:
        self.stories.append(Story(title, **more))

    def next(self, status: int, body: str, **headers: str) -> None:
        """Set the answer to the next request."""
        self._moods.append(
            Mood(status, body, {name.replace("_", "-"): value for name, value in headers.items()})
        )

    def answer(self, asked: dict[str, str]) -> Mood:
        self.asked.append(asked)
        if self._moods:
            return self._moods.popleft()
        query = asked["query"].lower()
        for name, mood in MOODS.items():
            if name in query:
                return mood
        return Mood(200, refusal(asked["query"]) or self._list(asked))

    def _list(self, asked: dict[str, str]) -> str:
        start, end = (_time(asked[name]) for name in ("startdatetime", "enddatetime"))
        found = [
            story.listed(end)
            for story in self.stories
            if end - timedelta(days=story.days) >= start and matches(asked["query"], story)
        ]
        listed = found[: int(asked["maxrecords"])]
        return json.dumps({"articles": listed}) if listed else "{}"

    def serve(self) -> None:
        self._server.serve_forever()

    def __enter__(self) -> NewsSearch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def refusal(query: str) -> str:
    """Return GDELT's refusal of a query, or nothing."""
    if not 3 <= len(query) <= LONGEST_QUERY:
        return "Your query was too short or too long.\n"
    if any(len(phrase.split()) < 2 for phrase in re.findall(r'"([^"]*)"', query)):
        return "The specified phrase is too short.\n"
    outside = re.sub(r"\([^()]*\)", "", query)
    if " OR " in outside:
        return "Queries containing OR'd terms must be surrounded by ().\n"
    if any(" OR " not in group for group in re.findall(r"\([^()]*\)", query)) or set("()") & set(outside):
        return "Parentheses may only be used around OR'd statements.\n"
    return ""


def matches(query: str, story: Story) -> bool:
    """Return whether the story has one of each group's words or phrases. Operators are not words."""
    text = f"{story.title} {story.text}".lower()
    groups = re.findall(r"\(([^()]*)\)", query) + PHRASE.findall(re.sub(r"\([^()]*\)", "", query))
    return all(_any_in(group, text) for group in groups)


def _any_in(group: str | tuple[str, str], text: str) -> bool:
    terms = [group] if isinstance(group, tuple) else PHRASE.findall(group)
    words = [phrase or word for phrase, word in terms if word != "OR"]
    return any(":" in word or re.search(rf"\b{re.escape(word.lower())}\b", text) for word in words)


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)


def _exchange(news: NewsSearch) -> type[BaseHTTPRequestHandler]:
    class Exchange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mood = news.answer(dict(parse_qsl(urlsplit(self.path).query)))
            content = mood.body.encode(errors="surrogateescape")
            json_or_text = "application/json" if mood.body.startswith("{") else "text/html"
            self.send_response(mood.status)
            headers = {"Content-Type": f"{json_or_text}; charset=utf-8", "Content-Length": str(len(content))}
            for name, value in (headers | mood.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing: tests use `asked`."""

    return Exchange


if __name__ == "__main__":
    NewsSearch(STORIES, int(sys.argv[1])).serve()
