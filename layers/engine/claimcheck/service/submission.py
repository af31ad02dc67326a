"""Submission of a job: recognise a replay, check the draft, store the job, send a wake-up."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self

from claimcheck.authoring.catalog import (
    CHECKED,
    MAX_DEADLINE,
    MAX_HORIZON,
    MAX_RETENTION,
    Catalog,
    Findings,
    JobType,
    UploadField,
)
from claimcheck.domain.errors import (
    Conflict,
    DuplicateJob,
    FieldError,
    FlowFull,
    IdempotencyKeyReused,
    InsufficientCredits,
    InvalidFields,
    InvalidIdempotencyKey,
    KeyTaken,
    NameTaken,
    OutcomeUnknown,
    PlanRequired,
    Unavailable,
)
from claimcheck.domain.job import (
    DAY,
    MINUTE,
    SECOND,
    Callback,
    FlowKey,
    Job,
    Millis,
    Reservation,
    Trace,
    needs_of,
    safety_net,
)
from claimcheck.domain.json_text import compact
from claimcheck.domain.keys import FREE
from claimcheck.domain.observability import count_accepted
from claimcheck.domain.ports import NewJob
from claimcheck.service.transition import MOST_CHANGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from claimcheck.domain.schedules import Replacement
    from claimcheck.service.callbacks.settings import CallbackSettings
    from claimcheck.service.flows.reader import FlowReader
    from claimcheck.service.transition import Jobs
    from claimcheck.service.uploads import Uploads

NO_UPLOADS = (
    "must be in base64: an upload can be submitted for 12 hours, and a schedule submits jobs for ever"
)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


class Draft(NamedTuple):
    """A job as its caller requests it. If a time is None, the job type's default applies.

    `input_at`, `callback_at`, `unique_at` and `flow_at` are JSON pointers for errors. The last three are
    empty for values in headers. `callback_at` is None for the URL of a schedule, which was checked before.
    `flow_at` is None for the flow of a schedule or a retry, which can be older than the flow of its type.
    `alone_in` is as in `Job`.
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
    callback_at: str | None = "/callback_url"
    start_by: Millis | None = None
    unique_key: str | None = None
    unique_at: str = "/unique_key"
    on_duplicate: Literal["reject", "existing"] = "reject"
    alone_in: str | None = None
    flow: str | None = None
    flow_at: str | None = "/flow"
    trace: Trace | None = None
    takes_uploads: bool = True
    # The failed job that this one repeats.
    retry_of: Job | None = None


class IdempotencyKey(NamedTuple):
    """The hash of a caller's Idempotency-Key, and the fingerprint of the request."""

    key_hash: str
    fingerprint: str

    def of_entry(self, number: int) -> Self:
        """Return the key of one entry of a batch. No caller's own key has its hash."""
        return self._replace(key_hash=_sha256(f"{self.key_hash}\n{number}"))

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
    """The job as the response shows it. Every replay shows the same, until the job has `expired`.

    It was there before if `existing`: another request submitted it.
    """

    job: Job
    replayed: bool
    expired: bool = False
    existing: bool = False

    @property
    def is_new(self) -> bool:
        """Return whether this request has stored the job."""
        return not (self.replayed or self.existing)


class Submission:
    def __init__(
        self,
        jobs: Jobs,
        catalog: Catalog,
        callbacks: CallbackSettings,
        uploads: Callable[[], Uploads],
        flows: Callable[[], FlowReader],
    ) -> None:
        """`uploads` are built only for an input that names some, `flows` only for a job that names one."""
        self._callbacks = callbacks
        self._uploads = uploads
        self._flows = flows
        self._jobs = jobs
        self._catalog = catalog

    def replay(self, org: str, key: IdempotencyKey | None) -> AcceptedJob | None:
        """Return the first answer to this key, or None. Raises: IdempotencyKeyReused."""
        reservation = key and self._jobs.store.reservation(org, key.key_hash)
        if key is None or reservation is None or reservation.expires_at <= self._jobs.clock.now():
            return None
        return self._replayed(reservation, key)

    def errors_in(self, draft: Draft) -> list[FieldError]:
        return self._findings_in(draft, self._jobs.clock.now()).errors

    def _findings_in(self, draft: Draft, now: Millis) -> Findings:
        job_type = self._catalog.newest(draft.type)
        if job_type is None:
            known = ", ".join(self._catalog.names)
            return Findings([FieldError("/type", f"unknown job type; known are {known}")], [])
        # The uploads of a job that is retried were looked at before.
        errors, uploads = job_type.findings_in(
            draft.input, draft.input_at, CHECKED if draft.retry_of is not None else None
        )
        refused = [] if draft.takes_uploads else [FieldError(each.pointer, NO_UPLOADS) for each in uploads]
        others = [
            *_time_errors(draft, job_type, now),
            *_unique_errors(draft),
            *self._callback_errors(draft),
            *self._flow_errors(draft, job_type),
        ]
        return Findings([*errors, *refused, *others], uploads)

    def submit(
        self,
        draft: Draft,
        key: IdempotencyKey | None = None,
        moved: Callable[[Job], Replacement | None] = lambda job: None,
    ) -> AcceptedJob:
        """Accept a job. After this returns, the job will reach its end.

        `moved` returns the schedule of which this job is a slot, as it is and as it moves on.
        Raises: InvalidFields, IdempotencyKeyReused, DuplicateJob, PlanRequired, InsufficientCredits,
        FlowFull, Unavailable, OutcomeUnknown; Conflict if the schedule, or the failed job that this one
        repeats, has changed.
        """
        new = self.prepare(draft, key, self.has_room)
        accepted = self.insert(new, key, moved(new.job), draft.retry_of)
        if accepted.is_new:
            self._jobs.wake(accepted.job)
        return accepted

    def has_room(self, flow: FlowKey) -> bool:
        """Return whether another job may wait for a flow. It counts those that wait. Raises: Unavailable."""
        return self._flows().has_room(flow)

    def prepare(
        self, draft: Draft, key: IdempotencyKey | None, has_room: Callable[[FlowKey], bool]
    ) -> NewJob:
        """Check a draft, and store its input if that is large.

        Raises: InvalidFields, PlanRequired, FlowFull, Unavailable.
        """
        now = self._jobs.clock.now()
        job_type, uploads = self._admit(draft, now)
        flow = draft.flow if job_type.flow is None else None
        if flow is not None and not has_room(FlowKey(draft.org, flow)):
            raise FlowFull
        if uploads:
            data = self._uploads().checked(draft.org, job_type, draft.input, uploads, draft.input_at)
            draft = draft._replace(input=data)
        job = self._new_job(draft, job_type, now)
        reservation = key and _reserved(key, job, now)
        payload = self._jobs.payloads.store(job, "input", compact(draft.input))
        return NewJob(job.evolve(input=payload), key and key.key_hash, reservation, draft.on_duplicate)

    def insert(
        self,
        new: NewJob,
        key: IdempotencyKey | None,
        schedule: Replacement | None = None,
        retried: Job | None = None,
    ) -> AcceptedJob:
        """Store a prepared job, but send no wake-up. Raises: as `submit` does."""
        try:
            found = self._insert(new, schedule, retried)
            if found is None:
                return self._accepted(new.job)
            self.drop_input(new)
            return self._existing(new, found, key)
        except OutcomeUnknown:
            raise
        except (KeyTaken, Conflict, InsufficientCredits, Unavailable) as refused:
            # Nothing was stored.
            self.drop_input(new)
            if key is None or not isinstance(refused, KeyTaken):
                raise
            return self._replayed(refused.reservation, key)

    def drop_input(self, new: NewJob) -> None:
        """Delete the stored input of a job that was not stored."""
        self._jobs.payloads.release(new.job, new.job.evolve(input=None))

    def insert_many(self, jobs: Sequence[NewJob]) -> list[AcceptedJob]:
        """Store prepared jobs of one org, all or none. Raises: as `submit` does, and KeyTaken.

        After Unavailable their inputs are gone. After other errors each can be stored alone.
        """
        try:
            self._jobs.store.insert_many(jobs)
        except OutcomeUnknown:
            raise
        except Unavailable:
            for each in jobs:
                self.drop_input(each)
            raise
        return [self._accepted(each.job) for each in jobs]

    def _accepted(self, job: Job) -> AcceptedJob:
        count_accepted(job)
        return AcceptedJob(job, replayed=False)

    def _insert(self, new: NewJob, schedule: Replacement | None, retried: Job | None) -> Job | None:
        """Store a new job, or return the one that has its unique key."""
        for _ in range(MOST_CHANGES):
            try:
                self._jobs.store.insert(new.job, new.key_hash, new.reservation, schedule, retried)
                return None
            except NameTaken as taken:
                found = self._jobs.holder(new.job.org, taken)
                if found is not None:
                    return found
        raise Unavailable

    def _existing(self, new: NewJob, found: Job, key: IdempotencyKey | None) -> AcceptedJob:
        """Answer with the job that has the unique key. Raises: DuplicateJob, KeyTaken, Unavailable."""
        if new.on_duplicate == "reject":
            raise DuplicateJob(found.job_id)
        # Input and state can hold credentials.
        shown = found.evolve(input=None, state=None)
        if key is not None:
            now = new.job.created_at
            self._jobs.store.reserve(key.key_hash, _reserved(key, shown, now)._replace(existing=True), now)
        return AcceptedJob(shown, replayed=False, existing=True)

    def _replayed(self, reservation: Reservation, key: IdempotencyKey) -> AcceptedJob:
        if reservation.fingerprint != key.fingerprint:
            raise IdempotencyKeyReused
        job = self._jobs.store.read(reservation.accepted.job_id)
        gone = job is None or (job.expires_at is not None and job.expires_at <= self._jobs.clock.now())
        return AcceptedJob(reservation.accepted, replayed=True, expired=gone, existing=reservation.existing)

    def check(self, draft: Draft) -> None:
        """Check a draft as `submit` does, except for credits. Raises: InvalidFields, PlanRequired."""
        self._admit(draft, self._jobs.clock.now())

    def _admit(self, draft: Draft, now: Millis) -> tuple[JobType, list[UploadField]]:
        errors, uploads = self._findings_in(draft, now)
        if errors:
            raise InvalidFields(errors)
        job_type = self._catalog.newest(draft.type)
        assert job_type is not None
        # The plan of a retry was checked at its first submission.
        if job_type.paid_plan and draft.plan == FREE and draft.retry_of is None:
            raise PlanRequired
        return job_type, uploads

    def _callback_errors(self, draft: Draft) -> list[FieldError]:
        if draft.callback_url is None or draft.callback_at is None:
            return []
        return self._callbacks.errors_in(draft.org, draft.callback_url, draft.callback_at)

    def _flow_errors(self, draft: Draft, job_type: JobType) -> list[FieldError]:
        if draft.flow is None or (job_type.flow is not None and draft.flow_at is None):
            return []
        at = "/flow" if draft.flow_at is None else draft.flow_at
        said = "" if at else "the header Claimcheck-Flow: "
        if job_type.flow is not None:
            return [FieldError(at, f"{said}must not be given: {job_type.name} has a flow of its own")]
        if not self._flows().knows(FlowKey(draft.org, draft.flow)):
            return [FieldError(at, f"{said}unknown flow; store it with PUT /v1/flows/{{name}}")]
        return []

    def _new_job(self, draft: Draft, job_type: JobType, now: Millis) -> Job:
        run_at = now if draft.run_at is None else draft.run_at
        deadline = _deadline(draft, job_type, now)
        retention = job_type.retention * SECOND if draft.retention is None else draft.retention
        flow = None if draft.flow is None else FlowKey(draft.org, draft.flow)
        if job_type.flow is not None:
            flow = job_type.flow.key(job_type.name, draft.org)
        job = Job(
            job_id=self._jobs.randomness.job_id(now),
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
            start_by=draft.start_by,
            unique_key=draft.unique_key,
            alone_in=draft.alone_in,
            retry_of=draft.retry_of and draft.retry_of.job_id,
            drops_input=not job_type.keep_input,
            flow=flow,
            written_by=self._jobs.randomness.token(),
            callback=None if draft.callback_url is None else Callback(draft.callback_url),
            org_callback=self._callbacks.wanted_by(draft.org, now) if draft.callback_url is None else None,
        )
        return job.evolve(due_at=safety_net(run_at, job.limit, now), needs=needs_of(job))


def _reserved(key: IdempotencyKey, job: Job, now: Millis) -> Reservation:
    return Reservation(key.fingerprint, job, max(now + DAY, job.last_needed))


def _unique_errors(draft: Draft) -> list[FieldError]:
    if draft.unique_key is None:
        missing = FieldError("/on_duplicate", "must come with unique_key, unless it is `reject`")
        return [] if draft.on_duplicate == "reject" else [missing]
    if not PRINTABLE.fullmatch(draft.unique_key):
        said = "" if draft.unique_at else "the header Claimcheck-Unique-Key: "
        return [FieldError(draft.unique_at, f"{said}must have 1 to 255 printable ASCII characters")]
    return []


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
    if draft.start_by is not None and draft.start_by <= max(run_at, now):
        errors.append(FieldError("/start_by", "must be after run_at and after now"))
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
