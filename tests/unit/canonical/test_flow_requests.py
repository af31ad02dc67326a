"""`PUT /v1/flows/{name}`: each wrong field is named with its bound, and a name with its characters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.world import World

EVERY = {"starts": 1, "per_seconds": 1}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"concurrency": 0}, {"/concurrency": "must be at least 1"}),
        ({"concurrency": 1001}, {"/concurrency": "must be at most 1000"}),
        ({"concurrency": True}, {"/concurrency": "must be an integer"}),
        ({"concurrency": "3"}, {"/concurrency": "must be an integer"}),
        ({"concurrency": None}, {"/concurrency": "must be an integer"}),
        ({"rate": {}}, {"/rate/starts": "is required", "/rate/per_seconds": "is required"}),
        ({"rate": EVERY | {"starts": 0}}, {"/rate/starts": "must be at least 1"}),
        ({"rate": EVERY | {"starts": 1001}}, {"/rate/starts": "must be at most 1000"}),
        ({"rate": EVERY | {"per_seconds": 86_401}}, {"/rate/per_seconds": "must be at most 86400"}),
        ({"rate": EVERY | {"burst": 0}}, {"/rate/burst": "must be at least 1"}),
        ({"paused": "no"}, {"/paused": "must be true or false"}),
        ({"max_waiting": 0}, {"/max_waiting": "must be at least 1"}),
        ({"max_waiting": 10_001}, {"/max_waiting": "must be at most 10000"}),
        ({"limit": 1, "paused": 1}, {"/limit": "is not a known field", "/paused": "must be true or false"}),
        ([], {"": "must be an object"}),
    ],
)
def test_wrong_limits_are_named_and_nothing_is_stored(body: Any, errors: dict[str, str]) -> None:
    world = World()

    answer = world.request("PUT", "/v1/flows/renderer", body)

    assert answer.status == 422
    assert {each["pointer"]: each["message"] for each in answer.json["errors"]} == errors
    assert world.request("GET", "/v1/flows/renderer").status == 404


@pytest.mark.parametrize("name", ["a" * 65, "a.b", "a%20b", "a%23b", "%C3%A9", "%00", "%D9%A1"])
def test_a_name_with_other_characters_is_refused_and_names_nothing(name: str) -> None:
    world = World()
    path = f"/v1/flows/{name}"

    refused = world.request("PUT", path, {})
    assert (refused.status, refused.json["code"]) == (400, "malformed_flow_name")
    for method, at in (
        ("GET", path),
        ("DELETE", path),
        ("POST", f"{path}/pause"),
        ("POST", f"{path}/resume"),
    ):
        assert world.request(method, at).json["code"] == "flow_not_found"


@pytest.mark.parametrize("name", ["", "a b", "a" * 65, "unknown"])
def test_a_job_or_schedule_that_names_no_flow_is_refused(name: str) -> None:
    world = World()
    job = {"type": "echo", "input": {"text": "hello"}, "flow": name}

    refused = [
        world.request("POST", "/v1/jobs", job),
        world.request("PUT", "/v1/schedules/a", job | {"rate": "1 day"}),
    ]

    for answer in refused:
        assert answer.status == 422
        assert [each["pointer"] for each in answer.json["errors"]] == ["/flow"]
