"""Requests with a wrong id, path, method or query."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from claimcheck.domain.job import SECOND
from tests.kit.described import WatchedWorld, error_of

HELLO = {"type": "echo", "input": {"text": "hello"}}
ON_A_JOB = [("GET", ""), ("GET", "/result"), ("GET", "/executions"), ("POST", "/cancel")]
KNOWN = "status, type, error_code, flow, created_after, created_before, metadata[<name>], limit, cursor"
UNKNOWN = f"/v1/jobs/{UUID(int=1)}"
V4 = "f736f6da-75b9-4b82-9d6c-511fac9223d4"
TAKEN = {
    "/v1/jobs": "GET, HEAD, POST",
    UNKNOWN: "GET, HEAD",
    f"{UNKNOWN}/result": "GET, HEAD",
    f"{UNKNOWN}/executions": "GET, HEAD",
    f"{UNKNOWN}/cancel": "POST",
    "/openapi.json": "GET, HEAD",
    "/health": "GET, HEAD",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "")
NOT_TAKEN = [
    (method, path, allowed)
    for path, allowed in TAKEN.items()
    for method in METHODS
    if method not in allowed.split(", ")
]


@pytest.mark.parametrize(("method", "path"), ON_A_JOB)
@pytest.mark.parametrize(
    "job_id",
    [
        "1",
        "no-uuid",
        "%00",
        "%",
        "%ff",
        "..",
        "019ee99f6d007cc398a41f2e3d4c5b6a",
        "{019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a}",
        "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6",
        "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6g",
        "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a%0A",
        "\u066019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a",
        "x" * 10_000,
        "a%252Fb",
    ],
)
def test_an_id_that_is_no_uuid_is_malformed(job_id: str, method: str, path: str) -> None:
    answer = WatchedWorld().request(method, f"/v1/jobs/{job_id}{path}")

    assert error_of(answer) == (400, "malformed_job_id")
    assert "A job id is a UUID" in answer.json["detail"]


@pytest.mark.parametrize(("method", "path"), ON_A_JOB)
def test_unknown_foreign_and_expired_ids_get_the_same_answer(method: str, path: str) -> None:
    world = WatchedWorld()
    theirs = world.request("POST", "/v1/jobs", HELLO, key=world.key("globex")).json["job_id"]
    expired = world.submit()
    world.work()
    world.clock.advance(7200 * SECOND)

    answers = [
        world.request(method, f"/v1/jobs/{job_id}{path}")
        for job_id in (theirs, expired, V4, str(UUID(int=0)))
    ]

    assert {error_of(answer) for answer in answers} == {(404, "job_not_found")}
    assert len({answer.text for answer in answers}) == 1


def test_another_org_cannot_cancel() -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.request("POST", f"/v1/jobs/{job_id}/cancel", key=world.key("globex"))
    world.work()

    assert world.job(job_id).status == "completed"


@pytest.mark.parametrize(("method", "path"), ON_A_JOB)
def test_an_id_is_known_in_any_spelling(method: str, path: str) -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.work()
    encoded = "".join(f"%{ord(each):02x}" for each in job_id)

    answers = [
        world.request(method, f"/v1/jobs/{spelling}{path}")
        for spelling in (job_id, job_id.upper(), quote(job_id), encoded)
    ]

    assert len({(answer.status, answer.text) for answer in answers}) == 1
    assert answers[0].status in (200, 409)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1",
        "/v1/",
        "/v1/job",
        "/V1/jobs",
        "//v1/jobs",
        "/v1/jobs/a/b",
        "/v1/jobs/a/result/",
        "/\x00",
        "/ä",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_not_found(path: str, method: str) -> None:
    assert error_of(WatchedWorld().request(method, path)) == (404, "route_not_found")


@pytest.mark.parametrize(("method", "path", "allowed"), NOT_TAKEN)
def test_the_answer_to_a_wrong_method_lists_the_right_ones(method: str, path: str, allowed: str) -> None:
    answer = WatchedWorld().request(method, path, authorization="")

    assert error_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed
    assert allowed in answer.json["detail"]


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("limit=0", "limit", "from 1 to 100"),
        ("limit=-1", "limit", "from 1 to 100"),
        ("limit=101", "limit", "from 1 to 100"),
        ("limit=1.5", "limit", "from 1 to 100"),
        ("limit=", "limit", "from 1 to 100"),
        ("limit=ten", "limit", "from 1 to 100"),
        ("limit=%2010", "limit", "from 1 to 100"),
        ("limit=1_0", "limit", "from 1 to 100"),
        ("limit=%D9%A1", "limit", "from 1 to 100"),
        (f"limit={'9' * 5000}", "limit", "from 1 to 100"),
        ("status=done", "status", "pending, processing, completed, failed"),
        ("status=", "status", "pending, processing, completed, failed"),
        ("status=PENDING", "status", "pending, processing, completed, failed"),
        ("cursor=", "cursor", "must be the next_cursor"),
        ("cursor=1", "cursor", "must be the next_cursor"),
        ("cursor=%00", "cursor", "must be the next_cursor"),
        (f"cursor={V4}", "cursor", "must be the next_cursor"),
        ("cursor=019EE99F-6D00-7CC3-98A4-1F2E3D4C5B6A", "cursor", "must be the next_cursor"),
        ("cursor=019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a%0a", "cursor", "must be the next_cursor"),
        ("colour=red", "colour", "is not a known parameter; known: " + KNOWN),
        ("Limit=1", "Limit", "is not a known parameter"),
        ("=1", "", "is not a known parameter"),
        ("limit=1&limit=2", "limit", "must be given only once"),
        ("type=a&type=a", "type", "must be given only once"),
    ],
)
def test_a_wrong_query_names_the_parameter_and_its_bound(query: str, parameter: str, message: str) -> None:
    answer = WatchedWorld().request("GET", "/v1/jobs", query=query)

    assert error_of(answer) == (422, "invalid_fields")
    assert [each["parameter"] for each in answer.json["errors"]] == [parameter]
    assert message in answer.json["errors"][0]["message"]


def test_every_wrong_parameter_is_named() -> None:
    answer = WatchedWorld().request("GET", "/v1/jobs", query="limit=0&status=x&cursor=y&a=b")

    assert {each["parameter"] for each in answer.json["errors"]} == {"limit", "status", "cursor", "a"}


@pytest.mark.parametrize("key", ["", "x" * 256, "naïve", "\x1f", "a\nb", "\x7f", "日本", "\udcff"])
def test_an_idempotency_key_out_of_bounds_is_refused(key: str) -> None:
    world = WatchedWorld()
    answer = world.request("POST", "/v1/jobs", HELLO, idempotency_key=key)

    assert error_of(answer) == (400, "invalid_idempotency_key")
    assert "1 to 255 printable ASCII characters" in answer.json["detail"]
    assert world.store.all_jobs() == []


@pytest.mark.parametrize("key", ["x", "x" * 255, " ", '"quoted"', "a~!{}"])
def test_an_idempotency_key_within_bounds_is_accepted(key: str) -> None:
    assert WatchedWorld().request("POST", "/v1/jobs", HELLO, idempotency_key=key).status == 202


def test_a_request_names_itself_in_its_problem() -> None:
    answer: Any = WatchedWorld().request("GET", "/nowhere")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json == {
        "type": "urn:claimcheck:problem:route_not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such path.",
        "code": "route_not_found",
        "request_id": "req-1",
    }
