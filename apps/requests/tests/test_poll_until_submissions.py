"""Errors of a `poll_until` are reported when it is submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from apps.requests.tests.poll_world import errors, poll_world

if TYPE_CHECKING:
    from tests.kit.world import World


@pytest.fixture
def world() -> World:
    return poll_world()


@pytest.mark.parametrize(
    ("fields", "pointer", "reported"),
    [
        ({"until": "body.status =="}, "/input/until", "unexpected end at character 15"),
        ({"until": ""}, "/input/until", "empty"),
        ({"until": "body.[x"}, "/input/until", "at character 8"),
        ({"until": "lenght(body)"}, "/input/until", "no function lenght() at character 1"),
        ({"fail_if": "a && contains(body)"}, "/input/fail_if", "takes 2 arguments, not 1 at character 6"),
        ({"result": "body#id"}, "/input/result", "unexpected '#' at character 5"),
        ({"until": "a" * 2001}, "/input/until", "2000"),
        ({"until": "!" * 51 + "a"}, "/input/until", "50 levels"),
        ({"until": "(" * 1999}, "/input/until", "50 levels"),
        ({"every": 0.5}, "/input/every", "1"),
        ({"every": 3601}, "/input/every", "3600"),
        ({"backoff": 0.9}, "/input/backoff", "1"),
        ({"backoff": 11}, "/input/backoff", "10"),
        ({"every": 60, "max_every": 59}, "/input/max_every", "less than every"),
        ({"max_retries": 21}, "/input/max_retries", "20"),
        ({"timeout_seconds": 61}, "/input/timeout_seconds", "60"),
        ({"poll": {"url": "http://a.example/"}}, "/input/poll/url", "https"),
        ({"poll": {"url": "https://a.example/", "headers": {"Host": "b"}}}, "/input/poll/headers", "Host"),
        ({"start": {"url": "https://10.0.0.1/"}}, "/input/start/url", "public"),
        ({"start": {"url": "https://a.example/", "body": {}}}, "/input/start/body", "string"),
        ({"untill": "a"}, "/input/untill", "known"),
    ],
)
def test_errors_are_reported_at_once_with_their_places(
    world: World, fields: dict[str, Any], pointer: str, reported: str
) -> None:
    found = errors(world, **fields)

    assert list(found) == [pointer]
    assert reported in found[pointer]


def test_until_is_needed(world: World) -> None:
    body = {"type": "poll_until", "input": {"poll": {"url": "https://a.example/"}}}
    answer = world.request("POST", "/v1/jobs", body)

    assert [each["pointer"] for each in answer.json["errors"]] == ["/input/until"]
