"""A job's AWS calls and logs, from the submission to the last poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Findings
from claimcheck.domain.keys import LIMIT
from claimcheck.testing import FrozenClock
from tests.kit.added_app import added_app
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.deployed import Deployed, issue_key, load_handlers
from tests.kit.measuring.life import BATCH, POLLS, UNWANTED, observe
from tests.kit.wire import tap

if TYPE_CHECKING:
    from tests.kit.measuring.life import Life, Observed

# Polls in one rate window, with the default limit of a key.
WINDOW_POLLS = 30
# At batch size 1 Lambda sends one ReceiveMessage, and one DeleteMessage after the invocation ("Using Lambda
# with Amazon SQS", AWS Lambda Developer Guide). Empty receives are not counted.
LAMBDA_SQS_REQUESTS = 2


def measure() -> Findings:
    return findings(observe(), rate_writes())


def findings(observed: Observed, rate_writes: float) -> Findings:
    figures = [*_calls(observed), *_logs(observed), *_modules(observed)]
    rate = f"rate-window writes of a poll, the mean of {WINDOW_POLLS} in one window with limit {LIMIT}"
    figures.append(Figure("rate_writes", rate, rate_writes, most=0.35, kept=True))
    batch = {"submit": observed.many.submit.record, "poll": observed.many.poll.record}
    return Findings(figures=figures, series={"lifecycle": lifecycle(observed.warm), "batch": batch})


def lifecycle(life: Life) -> dict[str, Any]:
    parts = {"submit": life.submit, "work": life.work, "poll": life.polls[-1]}
    return {phase: part.record for phase, part in parts.items()}


def _calls(observed: Observed) -> list[Figure]:
    first, warm, many, limited = observed.first, observed.warm, observed.many, observed.limited
    sends = sum(call.startswith("sqs.") for call in first.calls)
    with_lambda = sends + LAMBDA_SQS_REQUESTS
    scans = sum(call.endswith(".Scan") for call in observed.everything)
    rows = [
        ("calls", f"AWS calls of an immediate job with {POLLS} polls", len(first.calls), 12),
        ("calls_warm", "with its API key cached, as it is for a minute", len(warm.calls), None),
        ("calls_keyed", "with its API key cached and an `Idempotency-Key`", len(observed.keyed.calls), None),
        (
            "calls_batch",
            f"AWS calls of submitting {BATCH} jobs in one request: a write each, and wake-ups by tens",
            len(many.submit.calls),
            BATCH + BATCH // 10,
        ),
        ("calls_batch_poll", f"reads of a poll of {BATCH} jobs by their ids", len(many.poll.calls), 1),
        ("calls_unique", "with its API key cached and a `unique_key`", len(observed.unique.calls), None),
        ("calls_flow", "in a flow, without its polls: a view before and after", len(limited.calls), None),
        ("reads_poll", "reads of a poll, which makes no other call", _calls_of_a_poll(warm), 1),
        ("scans", "`Scan`s by the API, the worker and the sweeper", scans, 0),
        ("sqs_sends", "SQS requests of a job: its wake-up", sends, None),
        ("sqs_requests", "with Lambda's own receive and delete", with_lambda, 3),
    ]
    return [Figure(name, what, value, most=most, kept=True) for name, what, value, most in rows]


def _calls_of_a_poll(life: Life) -> int:
    """Return the calls of a poll. Raises: AssertionError if it does more than read."""
    assert {call for poll in life.polls for call in poll.calls} == {"dynamodb.GetItem"}
    return max(len(poll.calls) for poll in life.polls)


def _logs(observed: Observed) -> list[Figure]:
    polled = sum(poll.log_bytes for poll in observed.warm.polls)
    printed = observed.first.log_bytes
    # A job's line contains its duration, whose length varies.
    return [
        Figure("log_poll", f"logged by {POLLS} warm polls", polled, unit="bytes", most=0, kept=True),
        Figure("log_job", f"logged by a job with {POLLS} polls", printed, unit="bytes", most=700),
    ]


def _modules(observed: Observed) -> list[Figure]:
    modules = observed.modules["get_job"]
    unwanted = {name.partition(".")[0] for name in modules}.intersection(UNWANTED)
    what = f"of these: {', '.join(UNWANTED)}"
    return [
        # Python's own modules depend on its version.
        Figure("modules", "modules that `get_job` imports", len(modules), most=450),
        Figure("modules_unwanted", what, len(unwanted), most=0, kept=True),
    ]


def rate_writes() -> float:
    """Return the rate-window writes of a poll, in one environment, with a frozen clock."""
    clock = FrozenClock()
    with added_app(), moto_cloud() as cloud, queue_time(clock):
        wire = tap()
        deployed = Deployed(cloud, clock, load_handlers(cloud, clock), issue_key(cloud, "acme"))
        job_id = deployed.submit()
        wire.operations.clear()
        for _ in range(WINDOW_POLLS):
            assert deployed.get(job_id).status == 200
        return wire.operations.count("dynamodb.UpdateItem") / WINDOW_POLLS
