"""The two backends that are built and counted here: Claimcheck, and the tutorial's implementation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studies.cost.backend import Backend
from studies.cost.functions import gb_seconds, invocation, logged
from studies.cost.usage import GB, Usage, plus, times

if TYPE_CHECKING:
    from studies.cost.backend import Setup
    from studies.cost.measured import Lifecycle, Phase
    from studies.cost.prices import Book

RECEIVE_AND_DELETE = 2
"""Lambda's own SQS requests per batch (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS")."""


def claimcheck(book: Book, setup: Setup, counts: Lifecycle) -> Backend:
    return Backend(
        name="Claimcheck",
        submit=plus(_answered(book, setup, counts, counts.submit), _sent(setup, counts.submit)),
        work=plus(worked(book, setup, counts.work), stored(book, recovery=True)),
        poll=_answered(book, setup, counts, counts.poll),
        counted="the default deployment: fair queues, rate windows, lookups of keys, point-in-time recovery",
    )


def batched(book: Book, setup: Setup, counts: Lifecycle, phases: tuple[Phase, Phase], size: int) -> Backend:
    """Return Claimcheck with jobs that are submitted and polled together, `size` in a request."""
    submit, poll = phases
    return replace(
        claimcheck(book, setup, counts),
        name=f"{size} jobs in a request",
        submit=times(1 / size, plus(_answered(book, setup, counts, submit), _sent(setup, submit))),
        poll=times(1 / size, _answered(book, setup, counts, poll)),
    )


def _answered(book: Book, setup: Setup, counts: Lifecycle, phase: Phase) -> Usage:
    return plus(request(setup), called(book, setup.api_memory, _with_its_own(book, phase, counts)))


def tutorial(book: Book, setup: Setup, counts: Lifecycle, authorizer: Phase) -> Backend:
    """Return the tutorial's backend, with Claimcheck's memory and batch size."""
    setup = replace(setup, api="rest_api_request", fair=False)
    authorized = times(book.assumed("key_misses"), called(book, setup.api_memory, authorizer))

    def answered(phase: Phase) -> Usage:
        return plus(request(setup), authorized, called(book, setup.api_memory, phase))

    return Backend(
        name="Tutorial",
        submit=plus(answered(counts.submit), _sent(setup, counts.submit)),
        work=plus(worked(book, setup, counts.work), stored(book)),
        poll=answered(counts.poll),
        counted="a REST API, its authorizer for keys that are not cached, Powertools' idempotency",
    )


def request(setup: Setup) -> Usage:
    return {setup.api: 1} if setup.api else {}


def called(book: Book, memory: int, phase: Phase) -> Usage:
    """Return the usage of a phase's invocations, and of what they read, write and log."""
    count = sum(phase.invocations.values())
    share = {name: asked / count for name, asked in phase.requests.items()}
    return plus(
        times(count, invocation(book, memory, share, phase.instructions)),
        {"dynamodb_read": phase.read_units, "dynamodb_write": phase.write_units},
        logged(book, phase.log_bytes),
    )


def worked(book: Book, setup: Setup, phase: Phase, *, waits: float = 0) -> Usage:
    """Return one job's share of a full batch, whose jobs run one after the other.

    `waits` is each job's own waiting, in seconds.
    """
    size = setup.batch_size
    batch = replace(
        phase,
        requests=times(size, phase.requests),
        read_units=size * phase.read_units,
        write_units=size * phase.write_units,
        log_bytes=size * phase.log_bytes,
        instructions=size * phase.instructions,
    )
    delivered = plus(_sent(setup, batch), queued(setup, RECEIVE_AND_DELETE))
    waited = {"lambda_gb_second": gb_seconds(setup.worker_memory, 1000 * waits * size)}
    return times(1 / size, plus(called(book, setup.worker_memory, batch), waited, delivered))


def queued(setup: Setup, requests: float) -> Usage:
    return {"sqs_request": requests, "sqs_fair_request": requests if setup.fair else 0}


def stored(book: Book, *, recovery: bool = False) -> Usage:
    months = book.assumed("stored_days") * 24 / book.assumed("month_hours")
    amount = book.assumed("stored_bytes") / GB * months
    return {"dynamodb_gb_month": amount, "dynamodb_pitr_gb_month": amount if recovery else 0}


def _with_its_own(book: Book, phase: Phase, counts: Lifecycle) -> Phase:
    """Add what the warm counts leave out: lookups of unknown keys, and writes of rate windows."""
    missed = book.assumed("key_misses")
    more = {"dynamodb.GetItem": missed, "dynamodb.UpdateItem": counts.rate_writes}
    return replace(
        phase,
        requests=plus(phase.requests, more),
        read_units=phase.read_units + missed,
        write_units=phase.write_units + counts.rate_writes,
    )


def _sent(setup: Setup, phase: Phase) -> Usage:
    return queued(setup, sum(asked for name, asked in phase.requests.items() if name.startswith("sqs.")))
