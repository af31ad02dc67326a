"""The how-to on retries, executed: its commands run in a shell, and their answers are compared."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.outcome import Fail
from claimcheck.service.bulk import JOB_TYPE as BULK
from tests.kit.http_world import served
from tests.kit.pages import needs_curl
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/howto/retry-what-failed.md").read_text()
FIND, RETRY, DRY_RUN, POLL, ALL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
COUNTED, DONE = map(json.loads, re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))

pytestmark = needs_curl


class Reader:
    """A reader of the page. The upstream is down at each job's first run."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.own = {"URL": url, "KEY": world.acme}

    def runs(self, command: str, **own: str) -> Any:
        done = subprocess.run(
            ["bash", "-euc", command], env=os.environ | self.own | own, capture_output=True, check=True
        )
        return json.loads(done.stdout)

    def works_off(self, job_id: str) -> Any:
        self.world.work()
        return self.runs(POLL, BULK=job_id)["result"]


@pytest.fixture
def reader() -> Iterator[Reader]:
    def handle(given: Any, job: Any) -> Echo:
        if job.job.retry_of is None:
            raise Fail("upstream_down", "The upstream is down.")
        return Echo(text=given.text)

    world = World({"echo": handle}, [job_type(), BULK])
    for number in range(3):
        world.submit(f"report {number}", metadata={"tenant": "acme"})
        world.work()
        world.clock.advance(1000)
    with served(world) as url:
        yield Reader(world, url)


def test_failures_are_found_and_one_is_retried_as_the_page_says(reader: Reader) -> None:
    found = reader.runs(FIND)["jobs"]
    first = reader.runs(RETRY, JOB=found[0]["job_id"])
    again = reader.runs(RETRY, JOB=found[0]["job_id"])

    assert [job["error"]["code"] for job in found] == ["upstream_down"] * 3
    assert found[0]["created_at"] > found[2]["created_at"]
    assert (first["retry_of"], first["status"]) == (found[0]["job_id"], "pending")
    assert again["job_id"] == first["job_id"]


def test_many_are_counted_and_retried_as_the_page_says(reader: Reader) -> None:
    counted = reader.works_off(reader.runs(DRY_RUN)["job_id"])
    done = reader.works_off(reader.runs(ALL)["job_id"])

    assert (counted, done) == (COUNTED, DONE)
    assert len(reader.runs(FIND)["jobs"]) == 3
    assert {job.retry_of is None or job.failed_at is None for job in reader.world.store.all_jobs()} == {True}
