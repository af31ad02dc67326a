"""Jobs to store: a submitted one, and any that the model allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from claimcheck.domain.clock import SystemRandomness
from claimcheck.domain.job import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Callback,
    Delivery,
    Execution,
    FlowKey,
    Job,
    JobError,
    Lease,
    Payload,
    Progress,
    Reservation,
    Status,
    Trace,
)

if TYPE_CHECKING:
    from claimcheck.domain.ports import JobStore

RANDOMNESS = SystemRandomness()
NOW = 4_102_444_800_000  # 2100-01-01T00:00:00Z


def new_org() -> str:
    return f"org-{RANDOMNESS.token()}"


def new_job(**changes: Any) -> Job:
    now = changes.get("created_at", NOW)
    defaults: dict[str, Any] = {
        "job_id": RANDOMNESS.job_id(now),
        "org": new_org(),
        "dialect": "canonical",
        "type": "echo",
        "type_version": 1,
        "created_at": now,
        "updated_at": now,
        "run_at": now,
        "not_before": now,
        "deadline": now + HOUR,
        "retention": DAY,
        "typical": 10 * SECOND,
        "due_at": now + MINUTE,
        "written_by": RANDOMNESS.token(),
        "input": Payload(16, text='{"text":"hello"}'),
    }
    return Job(**defaults | changes)


def claimed(job: Job) -> Job:
    token = RANDOMNESS.token()
    return job.claimed(job.created_at + SECOND, token, MINUTE).evolve(written_by=token)


def delivery(number: int, **changes: Any) -> Delivery:
    defaults: dict[str, Any] = {"started_at": NOW + number, "duration": 184, "status": 200, "answer": "ok"}
    return Delivery(number, **defaults | changes)


def ended(job: Job) -> Job:
    end = job.ended(job.created_at + MINUTE, result=Payload(16, text='{"text":"hello"}'))
    return end.evolve(written_by=RANDOMNESS.token())


def record(store: JobStore, job: Job, *records: Execution | Delivery) -> None:
    """Record executions and deliveries of a stored job."""
    for each in records:
        stored = store.read(job.job_id)
        assert stored is not None
        store.replace(stored, stored.evolve(written_by=RANDOMNESS.token()), each)


def reserve(job: Job, expires_at: int = NOW + DAY) -> Reservation:
    """Return a reservation as a submission writes it: without the input, which a 202 never shows."""
    return Reservation("fingerprint", job.evolve(input=None), expires_at)


def execution(number: int, **changes: Any) -> Execution:
    defaults: dict[str, Any] = {
        "attempt": number,
        "started_at": NOW + number,
        "ended_at": NOW + number + SECOND,
        "outcome": "retry",
    }
    return Execution(number, **defaults | changes)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
MILLIS = st.integers(0, 2**47)
COUNT = st.integers(0, 2**53)
# Of newer code: names that no field has.
UNKNOWN = st.dictionaries(
    st.sampled_from(["x_flow", "x_slot"]), COUNT | TEXT | st.fixed_dictionaries({"at": MILLIS}), max_size=2
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["x_org", "x_at"]), TEXT.map(lambda text: {"S": text}), max_size=2
)
PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=9)
TRACES = st.builds(Trace, parent=PRINTABLE, state=st.none() | st.tuples(PRINTABLE, PRINTABLE).map(" ".join))
NEEDS = st.lists(st.sampled_from(["x_slots", "unique"]), max_size=2).map(tuple)
PAYLOADS = st.builds(Payload, size=COUNT, text=st.none() | TEXT, key=st.none() | TEXT, unknown=UNKNOWN)
# Empty details are stored as none.
DETAILS = st.dictionaries(TEXT, st.none() | COUNT | TEXT | st.lists(TEXT, max_size=2), min_size=1, max_size=3)
ERRORS = st.builds(JobError, code=TEXT, message=TEXT, unknown=UNKNOWN)
LEASES = st.builds(Lease, token=TEXT, until=MILLIS, unknown=UNKNOWN)
CALLBACKS = st.builds(
    Callback,
    url=TEXT,
    state=st.sampled_from(["pending", "delivered", "failed"]),
    tries=COUNT,
    calls=COUNT,
    until=MILLIS,
    settled_at=st.none() | MILLIS,
    unknown=UNKNOWN,
)
PROGRESS = st.builds(Progress, done=COUNT, total=st.none() | COUNT, message=st.none() | TEXT, unknown=UNKNOWN)


# Every field takes every value of its type, even if no real job has it.
FIELDS = {
    "created_at": MILLIS,
    "dialect": TEXT,
    "type": TEXT,
    "type_version": COUNT,
    "run_at": MILLIS,
    "deadline": MILLIS,
    "retention": MILLIS,
    "typical": MILLIS,
    "metadata": st.dictionaries(TEXT, TEXT, max_size=5),
    "status": st.sampled_from(Status),
    "updated_at": MILLIS,
    "not_before": MILLIS,
    "due_at": st.none() | MILLIS,
    "attempt": COUNT,
    "executions": COUNT,
    "started_at": st.none() | MILLIS,
    "wanted_at": st.none() | MILLIS,
    "lease": st.none() | LEASES,
    "progress": st.none() | PROGRESS,
    "state": st.none() | TEXT,
    "cancel_requested_at": st.none() | MILLIS,
    "input": st.none() | PAYLOADS,
    "result": st.none() | PAYLOADS,
    "error": st.none() | ERRORS,
    "details": st.none() | DETAILS,
    "ended_at": st.none() | MILLIS,
    "callback": st.none() | CALLBACKS,
    "start_by": st.none() | MILLIS,
    "unique_key": st.none() | TEXT,
    "alone_in": st.none() | TEXT,
    "org_callback": st.sampled_from([None, "failed", "ended"]),
    "trace": st.none() | TRACES,
    "retry_of": st.none() | TEXT,
    "drops_input": st.booleans(),
    "retried_as": st.none() | TEXT,
    "files": st.none() | TEXT,
    "flow": st.none() | st.builds(FlowKey, TEXT, TEXT),
    "slot": st.none() | COUNT,
    "waits": st.none() | MILLIS,
    "needs": NEEDS,
    "unknown": UNKNOWN,
    "attributes": ATTRIBUTES,
}


def any_job() -> st.SearchStrategy[Job]:
    return st.fixed_dictionaries(FIELDS).map(lambda fields: new_job(**fields))
