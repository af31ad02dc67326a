"""What a job costs: calls to AWS, bytes of log, modules to import."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.integration import events
from tests.integration.deployed import issue_key
from tests.integration.process import Processes, all_running

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_WINDOW = "dynamodb.UpdateItem"
POLLS = 5


@dataclass
class Life:
    """One immediate job without an Idempotency-Key, polled five times: what each part asked of AWS."""

    submit: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)
    polls: list[list[str]] = field(default_factory=list)
    logged: int = 0
    logged_by_polls: int = 0

    @property
    def calls(self) -> list[str]:
        return [*self.submit, *self.work, *(call for poll in self.polls for call in poll)]


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with all_running(tmp_path_factory.mktemp("logs")) as processes:
        yield processes


@pytest.fixture(scope="module")
def life(processes: Processes) -> Life:
    """Of an org that the functions have not seen before."""
    live(processes, "warming-up")
    return live(processes, "acme")


def live(processes: Processes, org: str) -> Life:
    life, key = Life(), issue_key(processes.cloud, org)
    calls, start = processes.bridge.operations, len(processes.log())

    def asked() -> list[str]:
        """What was asked since the last time, rate windows aside."""
        found = [call for call in calls if call != RATE_WINDOW]
        calls.clear()
        return found

    asked()
    submission = events.load("submit_job", key)
    accepted = processes.invoke("submit_job", events.with_body(submission, submission["body"]))
    poll = events.load("get_job", key, json.loads(accepted["body"])["job_id"])
    life.submit = asked()
    for number in range(POLLS):
        if number == 2:
            processes.deliver()
            # Taking the messages off the queue is Lambda's own, and not asked over the bridge.
            life.work = asked()
        before = len(processes.log())
        answer = processes.invoke("get_job", poll)
        life.logged_by_polls += len(processes.log()) - before
        life.polls.append(asked())
        assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["status"] == "completed"
    life.logged = len(processes.log()) - start
    return life


def test_a_job_with_five_polls_takes_at_most_twelve_calls(life: Life) -> None:
    assert len(life.calls) <= 12, life.calls


def test_a_poll_is_one_read(life: Life) -> None:
    first, *others = life.polls

    assert first == ["dynamodb.GetItem"] * 2  # the API key, which is then known for a minute
    assert others == [["dynamodb.GetItem"]] * (POLLS - 1)


def test_a_job_is_written_three_times(life: Life) -> None:
    writes = [call for call in life.calls if call in ("dynamodb.PutItem", "dynamodb.TransactWriteItems")]

    assert len(writes) == 3


def test_a_poll_logs_nothing(life: Life) -> None:
    assert life.logged_by_polls == 0


def test_a_job_logs_one_line_of_at_most_600_bytes(life: Life) -> None:
    assert 0 < life.logged <= 600


def test_a_poll_imports_little(life: Life, processes: Processes) -> None:
    modules = processes.functions["get_job"].modules
    packages = {name.partition(".")[0] for name in modules}

    assert packages.isdisjoint(
        {"pydantic", "boto3", "s3transfer", "multiprocessing", "aws_xray_sdk", "aws_lambda_powertools"}
    )
    assert len(modules) <= 450


def test_only_the_worker_imports_what_does_the_work(life: Life, processes: Processes) -> None:
    with_handlers = {
        name
        for name, function in processes.functions.items()
        if any(module.startswith(("handlers", "PIL")) for module in function.modules)
    }

    assert with_handlers == {"worker"}


def test_nothing_ever_reads_the_whole_table(processes: Processes) -> None:
    key = issue_key(processes.cloud, "whole-table")
    processes.bridge.operations.clear()

    for name in ("submit_job", "list_jobs", "cancel_job", "get_job"):
        function = "submit_job" if name in ("submit_job", "cancel_job") else "get_job"
        processes.invoke(function, events.load(name, key))
    processes.deliver()
    processes.invoke("sweeper", events.load("tick"))

    assert "dynamodb.Query" in processes.bridge.operations
    assert "dynamodb.Scan" not in processes.bridge.operations
