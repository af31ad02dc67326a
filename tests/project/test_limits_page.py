"""The how-to on flows, executed: its commands run in a shell, and their answers are compared."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Again, Flow, Rate
from tests.kit.deployment import PROJECT
from tests.kit.http_world import served
from tests.kit.world import World, job_type
from tests.project.test_schedules_page import documents_of, run

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (PROJECT / "docs/howto/limit-an-upstream.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
STORED, WAITING = map(json.loads, re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
(DECLARED,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands need curl")


@pytest.fixture(scope="module")
def answers() -> Iterator[list[list[Any]]]:
    """Return the output of each of the page's commands, and a job that waits after the last."""
    world = World({"text_statistics": lambda given, job: Again(after=60)}, [job_type("text_statistics")])
    with served(world) as url:
        own = {"URL": url, "KEY": world.acme}
        found = []
        for command in COMMANDS:
            found.append(documents_of(run(command, own)))
            world.work()
        waiting = next(job for job in world.store.all_jobs() if job.waits is not None)
        yield [*found, [world.request("GET", f"/v1/jobs/{waiting.job_id}").json]]


def test_the_flow_is_stored_as_the_page_shows(answers: list[list[Any]]) -> None:
    assert answers[0] == [STORED]


def test_each_job_is_accepted_and_two_of_five_wait(answers: list[list[Any]]) -> None:
    usage, paused, resumed = answers[2]

    assert [job["flow"] for job in answers[1]] == ["renderer"] * 5
    assert (usage["running"], usage["waiting"]) == (3, 2)
    assert (paused["paused"], resumed["paused"]) == (True, False)


def test_a_waiting_job_shows_what_the_page_shows(answers: list[list[Any]]) -> None:
    [job] = answers[3]

    assert job["status"] == "pending"
    assert {**job["waiting"], "ahead": WAITING["ahead"]} == WAITING


def test_the_declaration_is_valid() -> None:
    space: dict[str, Any] = {}
    exec(DECLARED.replace("JobType(..., ", "dict("), space)

    assert space["JOB_TYPE"] == {"flow": Flow(20, Rate(5), "deployment")}
