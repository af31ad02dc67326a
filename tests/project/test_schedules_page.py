"""The how-to on schedules, executed: its commands run in a shell, and their answers are compared."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.job import DAY
from claimcheck.domain.outcome import Fail
from claimcheck.domain.recurrence import Cron
from claimcheck.outbound import Answer
from claimcheck.service.callbacks.signing import issue_secret
from tests.kit.http_world import served
from tests.kit.world import World, job_type
from tests.unit.domain.test_recurrence import slots

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/howto/schedules.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
(SHOWN,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands need curl")


@pytest.fixture(scope="module")
def answers() -> Iterator[list[list[Any]]]:
    """Return the output of each of the page's commands."""
    world = World(job_types=[job_type("text_statistics")])
    issue_secret(world.documents, "acme", world.clock.now())
    with served(world) as url:
        own = {"URL": url, "KEY": world.acme}
        yield [documents_of(run(command, own)) for command in COMMANDS]


def run(command: str, own: dict[str, str]) -> str:
    script = ["bash", "-euc", command]
    return subprocess.run(script, env=os.environ | own, capture_output=True, text=True, check=True).stdout


def documents_of(printed: str) -> list[Any]:
    found, decoder = [], json.JSONDecoder()
    while printed:
        document, end = decoder.raw_decode(printed)
        found.append(document)
        printed = printed[end:]
    return found


def test_the_schedule_is_made_as_the_page_shows(answers: list[list[Any]]) -> None:
    assert answers[0] == [json.loads(SHOWN)]


def test_a_manual_run_is_among_its_jobs(answers: list[list[Any]]) -> None:
    ([job], [listed]) = answers[1:3]

    assert job["status"] == "pending"
    assert [each["job_id"] for each in listed["jobs"]] == [job["job_id"]]


def test_it_is_paused_and_resumed_and_deleted(answers: list[list[Any]]) -> None:
    paused, resumed = answers[3]

    assert (paused["paused"], paused["next_run_at"]) == (True, None)
    assert (resumed["paused"], resumed["next_run_at"]) == (False, "2026-06-22T07:00:00.000Z")


def test_a_nightly_job_that_fails_is_reported(answers: list[list[Any]]) -> None:
    called: list[tuple[str, Any]] = []

    class Receiver:
        def request(self, method: str, url: str, headers: Any, body: bytes, *, timeout: float) -> Answer:
            called.append((url, json.loads(body)["error"]["code"]))
            return Answer(200, {}, b"")

    [default] = answers[4]
    body = json.loads(re.findall(r"-d '(.*?)'", COMMANDS[4], re.DOTALL)[0])
    nightly = json.loads(re.findall(r"-d '(.*?)'", COMMANDS[0], re.DOTALL)[0])
    failing: dict[str, Any] = {"text_statistics": lambda given, job: Fail("no_luck", "No luck.")}
    world = World(failing, [job_type("text_statistics")])
    issue_secret(world.documents, "acme", world.clock.now())
    world.rebuild(outbound=Receiver())
    for path, asked in (("/v1/callbacks/default", body), ("/v1/schedules/morning-report", nightly)):
        assert world.request("PUT", path, asked).status < 300

    world.advance(DAY)

    assert default == body
    assert called == [(body["url"], "no_luck")]


def test_the_two_nights_are_as_the_table_says() -> None:
    forward, back = ("2026-03-28T23:00", "2026-03-29T06:00"), ("2026-10-24T23:00", "2026-10-25T06:00")
    nightly, often = Cron("30 2 * * *", "Europe/Vienna"), Cron("*/5 2 * * *", "Europe/Vienna")

    assert slots(nightly, *forward) == ["2026-03-29T01:00:00Z"]  # 03:00
    assert slots(nightly, *back) == ["2026-10-25T00:30:00Z"]  # 02:30, before clocks go back
    assert (len(slots(often, *forward)), len(slots(often, *back))) == (0, 24)
