"""Every request gets an answer that the description lists, and never an internal error."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from tests.kit.described import WatchedWorld, description
from tests.kit.world import Answer, event

METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) | st.text(max_size=8)
WORDS = st.text(st.characters(), max_size=20)
JOB_IDS = (
    st.uuids().map(str)
    | st.sampled_from(["%00", "..", "%2e%2e", "%F0%9F"])
    | WORDS.map(lambda s: quote(s, errors="replace"))
)
PATHS = st.one_of(
    st.builds(
        "/v1/jobs/{}{}".format, JOB_IDS, st.sampled_from(["", "/result", "/executions", "/cancel", "/"])
    ),
    st.sampled_from(["/v1/jobs", "/health"]),
    WORDS,
)
QUERIES = st.text(max_size=60) | st.dictionaries(
    st.sampled_from(["status", "type", "limit", "cursor"]) | WORDS, st.uuids().map(str) | WORDS, max_size=4
).map(lambda query: "&".join(f"{name}={value}" for name, value in query.items()))
HEADERS = st.dictionaries(
    st.sampled_from(["authorization", "x-api-key", "idempotency-key", "content-type", "Accept"]) | WORDS,
    WORDS,
    max_size=4,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
TIMES = st.datetimes().map(lambda at: f"{at.isoformat()}Z") | WORDS
SUBMISSIONS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.just("echo") | JSON,
        "input": st.fixed_dictionaries({"text": WORDS}, optional={"times": JSON, "more": JSON}) | JSON,
        "run_at": TIMES | JSON,
        "deadline": TIMES | JSON,
        "retention_seconds": st.integers() | JSON,
        "metadata": st.dictionaries(WORDS, WORDS, max_size=3) | JSON,
        "more": JSON,
    },
)


def check(answer: Answer) -> None:
    assert answer.status < 500, answer.text
    json.dumps([answer.headers, answer.text], ensure_ascii=False).encode()


@given(body=st.binary(max_size=200) | JSON.map(lambda document: json.dumps(document).encode()))
def test_no_body_breaks_it(body: bytes) -> None:
    check(WatchedWorld().request("POST", "/v1/jobs", body))


@given(body=SUBMISSIONS)
def test_no_submission_breaks_it_and_what_it_accepts_its_schema_accepts(body: dict[str, Any]) -> None:
    world = WatchedWorld()
    answer = world.request("POST", "/v1/jobs", json.dumps(body).encode())
    check(answer)

    if answer.status == 202:
        assert description().accepts("Submission", body)
        check(world.request("GET", answer.json["poll_url"]))


@given(method=METHODS, path=PATHS, query=QUERIES)
def test_no_path_and_no_query_breaks_it(method: str, path: str, query: str) -> None:
    check(WatchedWorld().request(method, path, query=query))


@given(method=METHODS, path=PATHS, headers=HEADERS)
def test_no_header_breaks_it(method: str, path: str, headers: dict[str, str]) -> None:
    world = WatchedWorld()
    reported = {"authorization": f"Bearer {world.acme}"} | headers
    answer = world.api.handle(event(method, path, b"{}", reported))

    check(Answer.of(answer))


def test_an_event_with_the_least_that_api_gateway_sends_is_answered() -> None:
    sent = {"rawPath": "/health", "requestContext": {"http": {"method": "GET"}}}

    assert WatchedWorld().api.handle(sent)["statusCode"] == 200
