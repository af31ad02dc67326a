"""Hosted backends: what they charge for the same job, plus the least infrastructure that they need.

Counted in the peer's favour. Each has an HTTP API and functions in front, as cheap as Claimcheck's cheapest:
every invocation takes a poll's instructions and sends its requests one after the other. None of them writes a
log line, a rate window or an index, and none looks up a key. If the peer stores no readable job, the job is
one row, written at the submission and with the result. Retries, duplicates, cancellation, deadlines and
callbacks are not counted for any backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studies.cost.backend import Backend
from studies.cost.built import request, stored
from studies.cost.functions import invocation
from studies.cost.usage import GB, Usage, plus

if TYPE_CHECKING:
    from studies.cost.backend import Setup
    from studies.cost.prices import Book

WRITE: Usage = {"dynamodb_write": 1}
READ: Usage = {"dynamodb_read": 1}


class Around:
    """The infrastructure around a peer. `instructions` are those of a poll."""

    def __init__(self, book: Book, setup: Setup, instructions: float) -> None:
        self.book = book
        self._setup = setup
        self._instructions = instructions

    def ran(self, *services: str, waits: float = 0) -> Usage:
        """Return the usage of an invocation that sends one request after the other."""
        requests = {f"{service}.{number}": 1.0 for number, service in enumerate(services)}
        memory = self._setup.worker_memory if waits else self._setup.api_memory
        return invocation(self.book, memory, requests, self._instructions, waits=waits)

    def answered(self, *services: str) -> Usage:
        return plus(request(self._setup), self.ran(*services))

    def accepted(self) -> Usage:
        return request(self._setup)


def qstash(around: Around) -> Backend:
    return Backend(
        name="QStash",
        submit=plus(around.answered("dynamodb", "hosted"), WRITE),
        work=plus({"qstash_message": 1}, around.ran("dynamodb"), WRITE, stored(around.book)),
        poll=plus(around.answered("dynamodb"), READ),
        counted="one message, delivered to a Function URL; API and row on AWS; without monthly price",
    )


def cloud_tasks(around: Around) -> Backend:
    return Backend(
        name="Cloud Tasks",
        submit=plus(around.answered("dynamodb", "hosted"), WRITE),
        work=plus({"cloud_tasks_operation": 2}, around.ran("dynamodb"), WRITE, stored(around.book)),
        poll=plus(around.answered("dynamodb"), READ),
        counted="one task, created and pushed to a Function URL; API and row on AWS, as for QStash",
    )


def trigger(around: Around) -> Backend:
    seconds = around.book.assumed("trigger_run_seconds")
    return Backend(
        name="Trigger.dev",
        submit=around.answered("hosted"),
        work={"trigger_run": 1, "trigger_second": seconds},
        poll=around.answered("hosted"),
        counted="one run on the default machine, started by the API; no row; without monthly price",
    )


def step_functions(around: Around) -> Backend:
    return Backend(
        name="Step Functions",
        # The HTTP API starts the execution itself ("AWS service integrations", StepFunctions-StartExecution).
        submit=around.accepted(),
        work=plus({"step_functions_transition": 1}, around.ran()),
        poll=around.answered("states"),
        counted="a Standard workflow of one state, started by the API itself, read with DescribeExecution; "
        "one transition, without start and end",
    )


def durable(around: Around) -> Backend:
    book = around.book
    written = book.assumed("durable_bytes") / GB
    months = book.assumed("durable_days") * 24 / book.assumed("month_hours")
    kept = {"durable_gb_written": written, "durable_gb_month": written * months}
    return Backend(
        name="Durable functions",
        submit=around.answered("lambda"),
        work=plus({"durable_operation": 2}, kept, around.ran("lambda")),
        poll=around.answered("lambda"),
        counted="one execution of one step, started by a function, read with GetDurableExecution",
    )


ALL = (cloud_tasks, durable, qstash, step_functions, trigger)
