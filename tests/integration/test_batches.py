"""Batches on the real entry point, in a process of its own: their memory, and what its death leaves."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.dynamodb import rows
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import issue_key
from claimcheck.http.contract import BODY_LIMIT
from tests.kit import events
from tests.kit.bridge import Bridge, bridge
from tests.kit.cloud import Cloud, moto_cloud
from tests.kit.deployment import TEMPLATE
from tests.kit.jobs import new_org
from tests.kit.process import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from claimcheck.domain.job import Job
    from tests.kit.process import Function

ENTRIES = 100
FUNDS = 1_000_000
# Larger than a row keeps, and together almost as large as a body can be.
TEXT = "A coat for a claim check. " * 387
MEMORY = int(TEMPLATE["Parameters"]["ApiMemory"]["Default"])


def free(text: str) -> list[dict[str, Any]]:
    return [{"type": "echo", "input": {"text": text}}] * ENTRIES


def charged(text: str) -> list[dict[str, Any]]:
    return [{"type": "errand", "input": {"number": number, "note": text}} for number in range(ENTRIES)]


def unique(text: str) -> list[dict[str, Any]]:
    return [each | {"unique_key": str(number)} for number, each in enumerate(charged(text))]


@dataclass(frozen=True)
class Desk:
    """Where an org with credits submits its jobs. `function` has served other orgs before."""

    cloud: Cloud
    aws: Bridge
    function: Function
    folder: Path
    org: str = ""
    key: str = ""

    def submit(self, function: Function, jobs: list[Any]) -> tuple[int, list[dict[str, Any]]]:
        """Submit a batch, always with the same key. Return the status, and the entries' outcomes."""
        event = events.with_path(events.load("submit_job", self.key), "/v1/jobs/batch")
        answer = function.invoke(events.with_body(event, {"jobs": jobs}, "night"))
        return answer["statusCode"], json.loads(answer["body"]).get("jobs", [])

    def submit_and_die(self, jobs: list[Any], operation: str, number: int) -> None:
        """Submit to a function that is killed once its write of this number is done, before it knows.

        Raises: AssertionError, because there is no answer.
        """
        numbers = count(1)

        def kill(name: str) -> AbstractContextManager[object]:
            if name == operation and next(numbers) == number:
                os.kill(process.pid, signal.SIGKILL)
            return nullcontext()

        with submitting(self.cloud, self.aws, self.folder / "killed") as process:
            self.aws.exchange = kill
            try:
                self.submit(process, jobs)
            finally:
                self.aws.exchange = nullcontext

    def jobs(self) -> list[Job]:
        return [rows.job_of(item) for item in self.cloud.items() if item["sk"]["S"] == "JOB"]

    def credits(self) -> int:
        return bootstrap(self.cloud.settings).credits.credits(self.org)


def submitting(cloud: Cloud, aws: Bridge, log: Path) -> AbstractContextManager[Function]:
    return running("SubmitJob", cloud.environment("SubmitJob"), aws.url, log)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("batches")
    with moto_cloud() as cloud, bridge() as aws, submitting(cloud, aws, folder / "log") as function:
        yield Desk(cloud, aws, function, folder)


@pytest.fixture
def desk(deployment: Desk) -> Iterator[Desk]:
    engine, org = bootstrap(deployment.cloud.settings), new_org()
    engine.credits.add_credits(org, FUNDS, 0, "funds")
    yield replace(deployment, org=org, key=issue_key(engine.keys, ApiKey(org=org, limit=1000)))
    deployment.cloud.clear()


def peak(pid: int) -> float:
    """Return the peak resident memory of a process, in MB."""
    try:
        with open(f"/proc/{pid}/status") as status:  # noqa: PTH123
            [line] = [line for line in status if line.startswith("VmHWM")]
    except FileNotFoundError:
        pytest.skip("the memory of a process is read from /proc, which this system does not have")
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize("entries", [free, charged, unique])
def test_the_largest_batch_fits_into_a_function_s_memory(desk: Desk, entries: Any) -> None:
    jobs = entries(TEXT)
    assert 0.9 * BODY_LIMIT < len(json.dumps({"jobs": jobs})) < BODY_LIMIT
    _, found = desk.submit(desk.function, jobs)
    used = peak(desk.function.pid)

    assert [each["status"] for each in found] == [202] * ENTRIES
    assert [job.input is not None and job.input.key is not None for job in desk.jobs()] == [True] * ENTRIES
    assert used < MEMORY / 2


def test_wrong_entries_do_not_keep_right_ones_from_being_accepted(desk: Desk) -> None:
    [right, *_] = free("a")
    upload = {"upload_id": "019ee99f-6d00-7c21-a29f-6fbed82c07cd"}
    wrong = [7, None, {}, right | {"type": "nope"}, right | {"more": 1}, right | {"input": {"text": upload}}]

    _, found = desk.submit(desk.function, [right, *wrong, right])
    refused = [desk.submit(desk.function, [right] * size)[0] for size in (0, 101)]

    assert [each["status"] for each in found] == [202, *[422] * len(wrong), 202]
    assert refused == [422, 422]
    assert len(desk.jobs()) == 2


@pytest.mark.parametrize(
    ("entries", "operation", "number"),
    [
        (free, "dynamodb.TransactWriteItems", 40),
        (charged, "dynamodb.TransactWriteItems", 2),
        (unique, "dynamodb.TransactWriteItems", 2),
        (charged, "sqs.SendMessageBatch", 3),
    ],
)
def test_a_batch_whose_function_is_killed_is_completed_by_its_repeat(
    desk: Desk, entries: Any, operation: str, number: int
) -> None:
    jobs = entries("a")
    with pytest.raises(AssertionError):
        desk.submit_and_die(jobs, operation, number)
    stored = len(desk.jobs())
    (_, first), (_, second) = desk.submit(desk.function, jobs), desk.submit(desk.function, jobs)

    assert 0 < stored < ENTRIES or (stored == ENTRIES and operation.startswith("sqs."))
    assert Counter(each["status"] for each in first) == {202: ENTRIES}
    assert second == first
    assert {each["job"]["job_id"] for each in first} == {job.job_id for job in desk.jobs()}
    assert len(desk.jobs()) == ENTRIES
    assert desk.credits() == FUNDS - sum(job.charge for job in desk.jobs())
