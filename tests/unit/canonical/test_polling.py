"""Polling: the suggested pause, and the low cost of a poll."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.job import DAY, MINUTE, SECOND
from tests.kit.described import Failing, WatchedWorld
from tests.kit.world import Answer, Echo, Words, World

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


def read(world: World, job_id: str) -> Answer:
    return world.request("GET", f"/v1/jobs/{job_id}")


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        (0, 10),  # such a job takes ten seconds
        (4 * SECOND, 6),
        (9 * SECOND + 1, 1),
        (10 * SECOND, 1),
        (14 * SECOND, 2),
        (30 * SECOND, 10),
        (10 * MINUTE, 295),
        (50 * MINUTE, 300),
    ],
)
def test_retry_after_is_what_such_a_job_still_takes_then_ever_longer(age: int, seconds: int) -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.clock.advance(age)

    assert read(world, job_id).headers["Retry-After"] == str(seconds)


@pytest.mark.parametrize(("ahead", "seconds"), [(MINUTE, 70), (DAY, 300)])
def test_retry_after_of_a_timer_counts_from_its_time_up_to_five_minutes(ahead: int, seconds: int) -> None:
    world = WatchedWorld()
    day, rest = divmod(ahead, DAY)
    job_id = world.submit(run_at=f"2026-06-{21 + day}T10:{rest // MINUTE:02}:00Z")

    assert read(world, job_id).headers["Retry-After"] == str(seconds)


def test_retry_after_of_a_running_job_counts_from_its_start() -> None:
    seen: list[str] = []

    def work(given: Words, job: JobContext) -> Echo:
        world.clock.advance(3 * SECOND)
        seen.append(read(world, job.job_id).headers["Retry-After"])
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    world.submit()
    world.clock.advance(8 * SECOND)
    world.work()

    assert seen == ["7"]


def test_an_ended_job_has_no_retry_after() -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.work()

    assert "Retry-After" not in read(world, job_id).headers


POLL = """
import sys
from claimcheck.bootstrap import bootstrap
from claimcheck.installed import dialects
from claimcheck.http.server import Api
from claimcheck.settings import Settings
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import issue_key
from claimcheck.testing import FrozenClock, MemoryJobStore, MemoryKeyStore, SeededRandomness

keys = MemoryKeyStore()
engine = bootstrap(Settings(), FrozenClock(), SeededRandomness(), store=MemoryJobStore(), keys=keys)
headers = {"authorization": "Bearer " + issue_key(keys, ApiKey(org="acme"))}
path = "/v1/jobs/01234567-89ab-7def-8123-456789abcdef"
context = {"http": {"method": "GET"}}
answer = Api(engine, dialects()).handle({"rawPath": path, "headers": headers, "requestContext": context})
heavy = {"pydantic", "boto3", "aws_lambda_powertools", "concurrent.futures"} & set(sys.modules)
sys.exit(f"{answer['statusCode']} {sorted(heavy)}")
"""


def test_a_poll_imports_neither_pydantic_nor_any_client() -> None:
    environ = {"PYTHONPATH": "layers/engine:."}
    done = subprocess.run(
        [sys.executable, "-c", POLL], env=environ, capture_output=True, text=True, check=False
    )

    assert done.stderr.strip() == "404 []"


def test_a_poll_reads_the_job_and_nothing_else() -> None:
    world = WatchedWorld()
    job_id = world.submit()
    for method in ("replace", "insert", "reservation", "read_many", "list_jobs", "record", "executions"):
        world.store = Failing(world.store, method, RuntimeError(method))
    later = World(store=world.store, keys=world.keys)

    assert later.request("GET", f"/v1/jobs/{job_id}", authorization=f"Bearer {world.acme}").status == 200
