"""The local stack's logs as people read them."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

from local.logs import Tail, render
from tests.kit.deployment import PROJECT

NOON = 1_795_867_200_123


def test_a_line_shows_time_function_level_message_and_fields() -> None:
    line = json.dumps(
        {"level": "INFO", "message": "ready", "service": "worker", "job_id": "j", "details": {"n": 1}}
    )

    assert (
        render(NOON, "worker", line) == '12:00:00.123  worker      INFO     ready  job_id=j  details={"n": 1}'
    )


def test_a_traceback_keeps_its_lines() -> None:
    line = json.dumps(
        {"level": "ERROR", "message": "handler raised", "traceback": "Traceback:\n  here\nE: no"}
    )

    assert render(NOON, "worker", line).splitlines()[1:] == ["    Traceback:", "      here", "    E: no"]


def metrics(name: str, **fields: object) -> str:
    return json.dumps({"_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": name}]}]}, name: 7, **fields})


def test_metrics_show_the_job_that_ended() -> None:
    line = metrics("JobsEnded", type="echo", status="failed", job_id="j", error_code="timeout")

    shown = render(NOON, "worker", line)

    assert shown.endswith("job ended  job_id=j  type=echo  status=failed  error_code=timeout")


def test_an_accepted_job_is_not_shown_as_ended() -> None:
    shown = render(NOON, "submit_job", metrics("JobsAccepted", type="echo", job_id="j"))

    assert shown.endswith("job accepted  job_id=j  type=echo")


def test_metrics_of_no_job_show_their_value() -> None:
    assert render(NOON, "sweeper", metrics("OldestDue")).endswith("OldestDue 7")


class Logs:
    """CloudWatch Logs with one group, whose events a test adds."""

    def __init__(self) -> None:
        self.events: list[dict[str, object]] = []

    def client(self, service: str) -> Logs:
        return self

    def get_paginator(self, operation: str) -> Logs:
        self.operation = operation
        return self

    def paginate(self, **asked: object) -> list[dict[str, object]]:
        if self.operation == "describe_log_groups":
            return [{"logGroups": [{"logGroupName": "/claimcheck/worker"}]}]
        return [{"events": [each for each in self.events if each["timestamp"] >= asked["startTime"]]}]  # type: ignore[operator]


def test_a_tail_reads_each_line_once_also_late_ones() -> None:
    logs = Logs()
    stack: Any = SimpleNamespace(endpoint=logs, stack_name="claimcheck")
    tail = Tail(stack)
    first = {"timestamp": NOON, "message": "first"}
    late = {"timestamp": NOON - 5_000, "message": "late"}

    logs.events += [first, first]
    began = list(tail.read())
    logs.events.append(late)
    later = list(tail.read())

    assert [line.rpartition(" ")[2] for line in began] == ["first", "first"]
    assert [line.rpartition(" ")[2] for line in later] == ["late"]
    assert list(tail.read()) == []


def test_other_output_is_shown_as_it_is() -> None:
    assert render(NOON, "worker", "print [1]").endswith("worker      print [1]")


BREAKING = """
import sys
from local import __main__ as command

def handle():
    raise BrokenPipeError("a pipe of the handler")

command.COMMANDS["down"] = handle
sys.exit(command.main(["down"]))
"""
ENDLESS = """
import sys
from types import SimpleNamespace
from local import __main__ as command

command.working_copy.current = lambda: "a stack"
command.Tail = lambda stack: SimpleNamespace(read=lambda text: map(str, range(1_000_000)))
sys.exit(command.main(["logs"]))
"""


def test_a_reader_that_has_enough_ends_the_command_quietly() -> None:
    piped = ["bash", "-o", "pipefail", "-c", '"$0" -c "$1" | head -n 1', sys.executable, ENDLESS]

    done = subprocess.run(piped, cwd=PROJECT, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


def test_another_pipe_that_breaks_is_an_error() -> None:
    done = subprocess.run([sys.executable, "-c", BREAKING], cwd=PROJECT, capture_output=True, text=True)

    assert done.returncode == 1
    assert "BrokenPipeError: a pipe of the handler" in done.stderr
