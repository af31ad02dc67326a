"""`make key` takes a daily limit, and `make keys` shows how each key is used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from claimcheck import __main__ as admin
from claimcheck.domain.job import DAY, HOUR, MINUTE
from tests.kit.world import World

HELLO = {"type": "echo", "input": {"text": "hello"}}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(admin, "_engine", lambda stack: world.engine)
    return world


def run(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    assert admin.main(list(command)) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_key_shows_the_hour_of_its_last_request_and_its_jobs_today(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = run(capsys, "key", "--org", "globex", "--daily", "2")
    unused = run(capsys, "keys", "--org", "globex")["keys"][0]
    world.clock.advance(HOUR + MINUTE)
    for _ in range(3):
        world.request("POST", "/v1/jobs", HELLO, key=made["key"])
    used = run(capsys, "keys", "--org", "globex")["keys"][0]
    world.clock.advance(DAY)
    later = run(capsys, "keys", "--org", "globex")["keys"][0]

    assert (made["daily"], unused["daily"]) == (2, 2)
    assert (unused["last_used"], unused["jobs_today"]) == (None, 0)
    assert (used["last_used"], used["jobs_today"]) == ("2026-06-21T11:00:00.000Z", 2)
    assert (later["last_used"], later["jobs_today"]) == ("2026-06-21T11:00:00.000Z", 0)


def test_the_jobs_of_a_key_without_a_daily_limit_are_not_counted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = run(capsys, "key", "--org", "globex")
    accepted = world.request("POST", "/v1/jobs", HELLO, key=made["key"])

    [shown] = run(capsys, "keys", "--org", "globex")["keys"]

    assert accepted.status == 202
    assert (shown["last_used"], shown["jobs_today"]) == ("2026-06-21T10:00:00.000Z", None)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("key", "--expires", "0"), "--expires: must be a whole number from 1 to 36500"),
        (("key", "--expires", "36501"), "--expires: must be a whole number from 1 to 36500"),
        (("key", "--daily", "0"), "--daily: must be a whole number from 1 to 1000000000"),
        (("key", "--limit", "1e3"), "--limit: must be a whole number from 1 to 1000000000"),
        (("credits", "--add", "-1"), "--add: must be a whole number from 0 to 1000000000"),
        (("credits", "--add", "1000000001"), "--add: must be a whole number from 0 to 1000000000"),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        admin.main([*command, "--org", "globex"])

    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert run(capsys, "keys", "--org", "globex") == {"keys": []}


def test_a_key_works_for_the_days_that_were_asked_for(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    made = run(capsys, "key", "--org", "globex", "--expires", "1")
    world.clock.advance(DAY - 1)
    last = world.request("GET", "/v1/jobs", key=made["key"])
    world.clock.advance(1)
    late = world.request("GET", "/v1/jobs", key=made["key"])

    assert made["expires_at"] == "2026-06-22T10:00:00.000Z"
    assert (last.status, late.status) == (200, 401)
