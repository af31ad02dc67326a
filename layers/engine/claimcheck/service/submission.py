"""Submission of a job: recognise a replay, check the draft, store the job, send a wake-up."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from claimcheck.authoring.catalog import MAX_DEADLINE, MAX_HORIZON, MAX_RETENTION, Catalog, JobType
from claimcheck.domain.errors import (
    FieldError,
    IdempotencyKeyReused,
    InvalidFields,
    InvalidIdempotencyKey,
    KeyTaken,
    PlanRequired,
)
from claimcheck.domain.job import (
    DAY,
    MINUTE,
    SECOND,
    SLOTS,
    Callback,
    FlowKey,
    Job,
    Millis,
    Reservation,
    Trace,
    safety_net,
)
from claimcheck.domain.json_text import compact
from claimcheck.domain.keys import FREE
from claimcheck.domain.observability import count_accepted
from claimcheck.service.transition import wake

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.domain.ports import Clock, DocumentStore, JobStore, Randomness, WakeUpQueue
    from claimcheck.domain.schedules import Replacement
    from claimcheck.service.flows.reader import FlowReader
    from claimcheck.service.payloads import Payloads

MAX_CALLBACK_URL = 2048  # characters
UNSIGNED = (
    "callbacks are signed, and your organisation has no signing secret: ask the operator of this deployment "
    "to create one with `make secret ORG={org}`"
)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


class Draft(NamedTuple):
    """A job as its caller requests it. If a time is None, the job type's default applies.

    `input_at`, `callback_at` and `flow_at` are JSON pointers for errors. Those of a header are empty.
    """

    org: str
    plan: str
    dialect: str
    type: str
    input: Any
    run_at: Millis | None = None
    deadline: Millis | None = None
    retention: Millis | None = None
    metadata: Mapping[str, str] = {}
    input_at: str = "/input"
    callback_url: str | None = None
    callback_at: str = "/callback_url"
    flow: str | None = None
    flow_at: str = "/flow"
    trace: Trace | None = None


class IdempotencyKey(NamedTuple):
    """The hash of a caller's Idempotency-Key, and the fingerprint of the request."""

    key_hash: str
    fingerprint: str

    @classmethod
    def of(cls, key: str | None, *said: Any) -> Self | None:
        """Raises: InvalidIdempotencyKey unless `key` is 1 to 255 printable ASCII characters."""
        if key is None:
            return None
        if not PRINTABLE.fullmatch(key):
            raise InvalidIdempotencyKey
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return cls(_sha256(key), _sha256(text))


class AcceptedJob(NamedTuple):
    """The job as its 202 shows it. Every replay shows the same, until the job has `expired`."""

    job: Job
    replayed: bool
    expired: bool = False


class Submission:
    def __init__(
        self,
        store: JobStore,
        queue: WakeUpQueue,
        payloads: Payloads,
        catalog: Catalog,
        clock: Clock,
        randomness: Randomness,
        documents: Callable[[], DocumentStore],
        flows: Callable[[], FlowReader],
        *,
        allow_loopback: bool = False,
    ) -> None:
        """`documents` are read only for a callback, `flows` only for a job that names one.

        `allow_loopback` is that of `Outbound`.
        """
        self._documents = documents
        self._flows = flows
        self._allow_loopback = allow_loopback
        self._store = store
        self._queue = queue
        self._payloads = payloads
        self._catalog = catalog
        self._clock = clock
        self._randomness = randomness

    def replay(self, org: str, key: IdempotencyKey | None) -> AcceptedJob | None:
        """Return the first answer to this key, or None. Raises: IdempotencyKeyReused."""
        reservation = key and self._store.reservation(org, key.key_hash)
        if key is None or reservation is None or reservation.expires_at <= self._clock.now():
            return None
        return self._replayed(reservation, key)

    def errors_in(self, draft: Draft, now: Millis | None = None) -> list[FieldError]:
        job_type = self._catalog.newest(draft.type)
        if job_type is None:
            known = ", ".join(self._catalog.names)
            return [FieldError("/type", f"unknown job type; known are {known}")]
        return [
            *job_type.errors_in(draft.input, draft.input_at),
            *_time_errors(draft, job_type, self._clock.now() if now is None else now),
            *self._callback_errors(draft),
            *self._flow_errors(draft, job_type),
        ]

    def submit(
        self,
        draft: Draft,
        key: IdempotencyKey | None = None,
        moved: Callable[[Job], Replacement | None] = lambda job: None,
    ) -> AcceptedJob:
        """Accept a job. After this returns, the job will reach its end.

        `moved` returns the schedule of which this job is a slot, as it is and as it moves on.
        Raises: InvalidFields, IdempotencyKeyReused, PlanRequired, InsufficientCredits, FlowFull, Unavailable,
        OutcomeUnknown; Conflict if the schedule has changed.
        """
        now = self._clock.now()
        job = self._new_job(draft, self._admit(draft, now), now)
        if draft.flow is not None:
            self._flows().require_room(FlowKey(draft.org, draft.flow))
        expires_at = max(job.created_at + DAY, job.last_needed)
        reservation = key and Reservation(key.fingerprint, job, expires_at)
        text = compact(draft.input)
        job = job.evolve(input=self._payloads.store(job.job_id, "input", text))
        try:
            self._store.insert(job, key and key.key_hash, reservation, moved(job))
        except KeyTaken as taken:
            assert key is not None
            return self._replayed(taken.reservation, key)
        count_accepted(job)
        wake(self._store, self._queue, self._clock, job)
        return AcceptedJob(job, replayed=False)

    def _replayed(self, reservation: Reservation, key: IdempotencyKey) -> AcceptedJob:
        if reservation.fingerprint != key.fingerprint:
            raise IdempotencyKeyReused
        job = self._store.read(reservation.accepted.job_id)
        gone = job is None or (job.expires_at is not None and job.expires_at <= self._clock.now())
        return AcceptedJob(reservation.accepted, replayed=True, expired=gone)

    def check(self, draft: Draft) -> None:
        """Check a draft as `submit` does, except for credits. Raises: InvalidFields, PlanRequired."""
        self._admit(draft, self._clock.now())

    def _admit(self, draft: Draft, now: Millis) -> JobType:
        if errors := self.errors_in(draft, now):
            raise InvalidFields(errors)
        job_type = self._catalog.newest(draft.type)
        assert job_type is not None
        if job_type.paid_plan and draft.plan == FREE:
            raise PlanRequired
        return job_type

    def _callback_errors(self, draft: Draft) -> list[FieldError]:
        if draft.callback_url is None:
            return []
        from claimcheck.outbound import RequestRefused, check_url
        from claimcheck.service.callbacks.signing import secrets_of

        said = "" if draft.callback_at else "the header Claimcheck-Callback-Url: "
        try:
            check_url(draft.callback_url, allow_loopback=self._allow_loopback)
        except RequestRefused as error:
            return [FieldError(draft.callback_at, said + error.message)]
        if len(draft.callback_url) > MAX_CALLBACK_URL:
            return [FieldError(draft.callback_at, f"{said}at most {MAX_CALLBACK_URL:,} characters")]
        if not secrets_of(self._documents(), draft.org):
            return [FieldError(draft.callback_at, said + UNSIGNED.format(org=draft.org))]
        return []

    def _flow_errors(self, draft: Draft, job_type: JobType) -> list[FieldError]:
        if draft.flow is None:
            return []
        said = "" if draft.flow_at else "the header Claimcheck-Flow: "
        if job_type.flow is not None:
            return [
                FieldError(draft.flow_at, f"{said}must not be given: {job_type.name} has a flow of its own")
            ]
        if not self._flows().knows(FlowKey(draft.org, draft.flow)):
            return [FieldError(draft.flow_at, f"{said}unknown flow; store it with PUT /v1/flows/{{name}}")]
        return []

    def _new_job(self, draft: Draft, job_type: JobType, now: Millis) -> Job:
        run_at = now if draft.run_at is None else draft.run_at
        deadline = _deadline(draft, job_type, now)
        retention = job_type.retention * SECOND if draft.retention is None else draft.retention
        flow = None if draft.flow is None else FlowKey(draft.org, draft.flow)
        if job_type.flow is not None:
            flow = job_type.flow.key(job_type.name, draft.org)
        return Job(
            job_id=self._randomness.job_id(now),
            org=draft.org,
            dialect=draft.dialect,
            type=job_type.name,
            type_version=job_type.version,
            created_at=now,
            updated_at=now,
            run_at=run_at,
            not_before=run_at,
            deadline=deadline,
            retention=retention,
            typical=int(job_type.typical * SECOND),
            metadata=draft.metadata,
            charge=job_type.charge_for(draft.input),
            trace=draft.trace,
            flow=flow,
            needs=() if flow is None else (SLOTS,),
            due_at=safety_net(run_at, deadline, now),
            written_by=self._randomness.token(),
            callback=None if draft.callback_url is None else Callback(draft.callback_url),
        )


def _time_errors(draft: Draft, job_type: JobType, now: Millis) -> list[FieldError]:
    run_at = now if draft.run_at is None else draft.run_at
    deadline = _deadline(draft, job_type, now)
    errors = []
    if run_at <= now - DAY:
        errors.append(FieldError("/run_at", "must be less than a day in the past"))
    if run_at > now + MAX_HORIZON:
        errors.append(FieldError("/run_at", f"must be at most {MAX_HORIZON // DAY} days ahead"))
    if deadline <= max(run_at, now):
        errors.append(FieldError("/deadline", "must be after run_at and after now"))
    if deadline > max(run_at, now) + MAX_DEADLINE:
        errors.append(FieldError("/deadline", f"must be at most {MAX_DEADLINE // DAY} days after run_at"))
    if draft.retention is not None and not MINUTE <= draft.retention <= MAX_RETENTION:
        bounds = f"{MINUTE // SECOND} to {MAX_RETENTION // SECOND} seconds"
        errors.append(FieldError("/retention_seconds", f"must be {bounds}"))
    return errors


def _deadline(draft: Draft, job_type: JobType, now: Millis) -> Millis:
    if draft.deadline is not None:
        return draft.deadline
    return max(draft.run_at or now, now) + job_type.deadline * SECOND


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
