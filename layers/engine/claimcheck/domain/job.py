"""The job and its moves: pure functions from one `Job` to the next.

Writes are conditional on the job that they replace (see `service.transition`). All times are integers,
in milliseconds since the Unix epoch, UTC. All durations are in milliseconds.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Self

Millis = int

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# SQS: "DelaySeconds ... 0 to 900 (15 minutes)" (Amazon SQS API Reference, SendMessage).
MAX_DELAY = 15 * MINUTE
# The sweeper acts this long after the normal path.
GRACE = MINUTE
# The sweeper wakes a far job this early: less than MAX_DELAY.
FAR_LEAD = 14 * MINUTE
# A worker sleeps until a start this near: SQS delays by whole seconds.
WAIT_OUT = 2 * SECOND
# A lease ends this long after its holder's own timeout.
LEASE_MARGIN = 5 * SECOND
# Longer than all tries of a callback.
CALLBACK_HORIZON = 3 * DAY
# The sweeper looks at a job in a flow's line this often. It looks at the flow every minute.
LINE_LOOK = HOUR

# The need of a job with a flow, until it ends: other code would forget its slot.
SLOTS = "slots"
# The reasons for which a row asks care of those who change it, as far as this code knows them.
KNOWN_NEEDS: frozenset[str] = frozenset({"start_by", "unique", "overlap", "callback", "org_callback", SLOTS})


class Status(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class FlowKey(NamedTuple):
    """A flow's identity. The `scope` is an org, or begins with `@` if a job type declares the flow."""

    scope: str
    name: str

    @property
    def declared(self) -> bool:
        return self.scope.startswith("@")


class Payload(NamedTuple):
    """An input or a result: JSON text in the job's row, or an object's key. `size` is in bytes."""

    size: int
    text: str | None = None
    key: str | None = None
    unknown: Mapping[str, Any] = {}


class Lease(NamedTuple):
    """The right of `token` to write the outcome of an attempt or a callback's delivery."""

    token: str
    until: Millis
    unknown: Mapping[str, Any] = {}


class Progress(NamedTuple):
    done: int
    total: int | None = None
    message: str | None = None
    unknown: Mapping[str, Any] = {}


class JobError(NamedTuple):
    code: str
    message: str
    unknown: Mapping[str, Any] = {}


CANCELLED = JobError("cancelled", "The job was cancelled.")
DEADLINE_EXCEEDED = JobError("deadline_exceeded", "The job did not finish before its deadline.")
EXPIRED = JobError("expired", "The job did not start before its start_by.")
SKIPPED = JobError(
    "skipped", "Another job of its schedule was running, or waiting for its flow, at its start."
)
TIMED_OUT = JobError("timeout", "The last attempt ran into its time limit.")
WORKER_LOST = JobError("worker_lost", "The worker running the last attempt was lost.")


class Execution(NamedTuple):
    """One claim of a job. `details` are the handler's notes, at most 4 KiB of JSON.

    `outcome` is `running`, `completed`, `failed`, `retry`, `again`, `timeout` or `worker_lost`. Old records
    have no `scheduled_at`.
    """

    number: int
    attempt: int
    started_at: Millis
    ended_at: Millis | None
    outcome: str
    error: JobError | None = None
    scheduled_at: Millis | None = None
    details: dict[str, Any] | None = None

    @property
    def lateness(self) -> Millis | None:
        return None if self.scheduled_at is None else self.started_at - self.scheduled_at


class Callback(NamedTuple):
    """The callback URL and the status of its delivery, which is given up at `until`.

    An empty `url` stands for the org's default at the time of a delivery. `tries` counts deliveries since
    the end or the last redelivery. `calls` counts all, and numbers them. At `settled_at` the callback was
    delivered or given up.
    """

    url: str
    state: Literal["pending", "delivered", "failed"] = "pending"
    tries: int = 0
    calls: int = 0
    until: Millis = 0
    settled_at: Millis | None = None
    unknown: Mapping[str, Any] = {}


class Delivery(NamedTuple):
    """One try of a callback, with the `status` and the start of the `answer`.

    Without an answer it has an `error` code and a `message`. With neither, the request is running, or its
    worker was lost.
    """

    number: int
    started_at: Millis
    duration: Millis | None = None
    status: int | None = None
    answer: str = ""
    error: str | None = None
    message: str | None = None


class Movement(NamedTuple):
    """A change of an org's credits."""

    at: Millis
    amount: int
    reason: Literal["added", "charged", "refunded"]
    job_id: str | None = None


class Trace(NamedTuple):
    """The trace context of a submission (W3C Trace Context, Level 1): `traceparent` and `tracestate`."""

    parent: str
    state: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of a request that belongs to the trace."""
        state = {} if self.state is None else {"tracestate": self.state}
        return {"traceparent": self.parent, **state}


class Reservation(NamedTuple):
    """The job of an Idempotency-Key, as its first response showed it.

    The request found this job if `existing`, and otherwise submitted it.
    """

    fingerprint: str
    accepted: "Job"
    expires_at: Millis
    existing: bool = False


class Job(NamedTuple):
    job_id: str
    org: str
    dialect: str
    type: str
    type_version: int
    created_at: Millis
    run_at: Millis
    deadline: Millis
    retention: Millis
    typical: Millis
    metadata: Mapping[str, str] = {}
    charge: int = 0
    trace: Trace | None = None
    start_by: Millis | None = None
    unique_key: str | None = None
    # The schedule whose jobs run one at a time.
    alone_in: str | None = None
    # Without a callback of its own, the org's default is called when the job has failed, or has ended.
    org_callback: Literal["failed", "ended"] | None = None
    # The failed job of which this one is the retry.
    retry_of: str | None = None
    # Whether the input is deleted at any end.
    drops_input: bool = False
    flow: FlowKey | None = None
    # The fields from here on change.
    status: Status = Status.PENDING
    written_by: str = ""
    updated_at: Millis = 0
    not_before: Millis = 0
    due_at: Millis | None = None
    attempt: int = 0
    executions: int = 0
    started_at: Millis | None = None
    # `not_before` at the last claim.
    wanted_at: Millis | None = None
    lease: Lease | None = None
    progress: Progress | None = None
    # The state of the last `Again`: JSON text of at most 16 KiB.
    state: str | None = None
    cancel_requested_at: Millis | None = None
    input: Payload | None = None
    result: Payload | None = None
    # The secret of the attempt that completed the job, if it saved files (see `domain.files`).
    files: str | None = None
    error: JobError | None = None
    # The notes of the execution that ended the job.
    details: dict[str, Any] | None = None
    ended_at: Millis | None = None
    callback: Callback | None = None
    # The job that is the retry of this one.
    retried_as: str | None = None
    # The number of its slot, from its first start to its end.
    slot: int | None = None
    # Its place in the flow's line: the time when it could first have started. None unless it waits there.
    waits: Millis | None = None
    needs: tuple[str, ...] = ()
    # What newer code has stored beside these fields: in the document, and as attributes of the row.
    unknown: Mapping[str, Any] = {}
    attributes: Mapping[str, Any] = {}

    @property
    def expires_at(self) -> Millis | None:
        """From this time on reads return 404, even if TTL has not deleted the row."""
        return None if self.ended_at is None else self.ended_at + self.retention

    @property
    def last_needed(self) -> Millis:
        """The expiry of a job that ends at its deadline. Few jobs end later, and then by minutes."""
        return self.deadline + self.retention

    @property
    def delete_at(self) -> Millis | None:
        """The time when TTL may delete the row, or None while anything is due."""
        return self.expires_at if self.due_at is None else None

    @property
    def refund(self) -> int:
        return self.charge if self.status is Status.FAILED else 0

    @property
    def unique_names(self) -> frozenset[str]:
        """The names that this job has now. One job of an org can have a name at a time.

        A `unique_key` is held from the submission to the end, the place of a schedule's running job from the
        first claim, or from the entry into its flow's line, to the end.
        """
        if self.ended_at is not None:
            return frozenset()
        came = self.executions > 0 or self.waits is not None or self.slot is not None
        held = {"key": self.unique_key, "schedule": self.alone_in if came else None}
        return frozenset(f"{kind}:{name}" for kind, name in held.items() if name is not None)

    @property
    def last_scheduled_at(self) -> Millis:
        return self.not_before if self.wanted_at is None else self.wanted_at

    @property
    def failed_at(self) -> Millis | None:
        return self.ended_at if self.status is Status.FAILED else None

    @property
    def owes_callback(self) -> bool:
        return self.ended_at is not None and self.callback is not None and self.callback.state == "pending"

    def evolve(self, **changes: Any) -> Self:
        return self._replace(**changes)

    @property
    def newer_than_code(self) -> bool:
        """Return whether only newer code may change this job. Then this code may only move its `due_at`."""
        return has_unknown_needs(self.needs)

    def leased(self, now: Millis) -> bool:
        return self.lease is not None and self.lease.until > now

    def claimable(self, now: Millis) -> bool:
        return self.ended_at is None and self.waits is None and not self.leased(now)

    @property
    def needs_slot(self) -> bool:
        """Return whether its start depends on its flow. A job that started without a slot needs none."""
        return self.flow is not None and self.slot is None and self.executions == 0

    def in_line(self, now: Millis) -> Self:
        """Wait in the flow's line. The sweeper looks at the flow instead.

        A `run_at` in the past gives no place before those who were there.
        """
        return self.evolve(
            waits=max(self.not_before, self.created_at), due_at=min(now + LINE_LOOK, self.limit)
        )

    def granted(self, slot: int | None, start: Millis, now: Millis) -> Self:
        """Leave the line, with a slot, or with None if the flow is gone. Start at `start` or later."""
        not_before = max(self.not_before, start)
        due_at = safety_net(not_before, self.limit, now)
        return self.evolve(slot=slot, waits=None, not_before=not_before, due_at=due_at)

    def deliverable(self, now: Millis) -> bool:
        return self.owes_callback and not self.leased(now)

    def holds(self, token: str) -> bool:
        """Return whether `token` may write the outcome: also after the lease's end, until a new lease."""
        return self.lease is not None and self.lease.token == token

    def claimed(self, now: Millis, token: str, timeout: Millis) -> Self:
        return self.evolve(
            status=Status.PROCESSING,
            lease=Lease(token, min(now + timeout, self.deadline) + LEASE_MARGIN),
            attempt=self.attempt + 1,
            executions=self.executions + 1,
            started_at=now,
            wanted_at=self.not_before,
            updated_at=now,
        )

    def rescheduled(self, now: Millis, not_before: Millis, attempt: int) -> Self:
        """Wait until `not_before`. End if a cancel was requested or the deadline is earlier."""
        if self.cancel_requested_at is not None:
            return self.ended(now, error=CANCELLED)
        if not_before > self.deadline:
            return self.ended(now, error=DEADLINE_EXCEEDED)
        return self.evolve(
            lease=None,
            attempt=attempt,
            not_before=not_before,
            due_at=safety_net(not_before, self.limit, now),
            updated_at=now,
        )

    def ended(self, now: Millis, *, result: Payload | None = None, error: JobError | None = None) -> Self:
        """End the job, and give back its slot. A failed job keeps its input, for a retry.

        The input of any other job is deleted, and the state of every job: they may hold credentials.
        """
        kept = error is not None and error.code != CANCELLED.code and not self.drops_input
        ended = self.evolve(
            status=Status.COMPLETED if error is None else Status.FAILED,
            lease=None,
            input=self.input if kept else None,
            state=None,
            result=result,
            error=error,
            slot=None,
            waits=None,
            needs=tuple(need for need in self.needs if need != SLOTS),
            due_at=None,
            ended_at=now,
            updated_at=now,
        )
        if self.org_callback == "ended" or (self.org_callback == "failed" and error is not None):
            ended = ended.evolve(callback=Callback(url=""))
        return ended if ended.callback is None else ended.calling_back(now)

    def calling_back(self, now: Millis) -> Self:
        """Start the delivery of the callback with all its tries. A running one loses its lease."""
        assert self.callback is not None
        until = now + CALLBACK_HORIZON
        callback = self.callback._replace(state="pending", tries=0, until=until, settled_at=None)
        return self.evolve(callback=callback, lease=None, not_before=now, due_at=now + GRACE)

    def retried(self, retry: "Job") -> Self:
        """Mark this job as retried by the new job `retry`, in the write that stores that job."""
        return self.evolve(retried_as=retry.job_id, written_by=retry.written_by)

    def called_back(self, now: Millis, state: Literal["delivered", "failed"]) -> Self:
        """Settle the callback. TTL may then delete the row."""
        assert self.callback is not None
        callback = self.callback._replace(state=state, settled_at=now)
        return self.evolve(callback=callback, lease=None, due_at=None)

    def cancelled(self, now: Millis) -> Self:
        """End the job, or request a cancel that the next claim, reschedule or sweep honours."""
        if not self.leased(now):
            return self.ended(now, error=CANCELLED)
        if self.cancel_requested_at is not None:
            return self
        return self.evolve(cancel_requested_at=now, updated_at=now)

    def overdue(self, now: Millis) -> Self | None:
        """Return the job ended, or its callback given up, if it is time. None while a lease is live."""
        if self.leased(now):
            return None
        if self.ended_at is not None:
            given_up = self.owes_callback and now >= self.limit
            return self.called_back(now, "failed") if given_up else None
        if self.cancel_requested_at is not None:
            return self.ended(now, error=CANCELLED)
        if now >= self.limit:
            return self.ended(now, error=EXPIRED if self.limit < self.deadline else DEADLINE_EXCEEDED)
        return None

    def swept(self, now: Millis) -> Self:
        """End an overdue job, or set the time of the sweeper's next look."""
        if self.newer_than_code:
            return self.evolve(due_at=max(self._next_look(now), now + GRACE))
        return self.overdue(now) or self.evolve(due_at=self._next_look(now))

    def _next_look(self, now: Millis) -> Millis:
        if self.lease is not None and self.lease.until > now:
            return self.lease.until
        if self.waits is not None:
            return min(now + LINE_LOOK, self.limit)
        if self.not_before > now:
            return safety_net(self.not_before, self.limit, now)
        # The interval doubles with each look, because it is the time waited so far.
        waiting_since = max(self.not_before, self.lease.until if self.lease else 0)
        step = min(max(now - waiting_since, GRACE), MAX_DELAY)
        return min(now + step, self.limit)

    @property
    def limit(self) -> Millis:
        """The time when a sweep ends the job, or gives up its callback."""
        if self.ended_at is not None and self.callback:
            return self.callback.until
        if self.start_by is None or self.executions:
            return self.deadline
        return min(self.start_by, self.deadline)


def last_execution(job: Job) -> Execution:
    """Return the execution of the last claim, as the job's row has it."""
    return Execution(
        number=job.executions,
        attempt=job.attempt,
        started_at=job.started_at or job.created_at,
        ended_at=job.ended_at,
        outcome="running" if job.ended_at is None else job.status,
        error=job.error,
        scheduled_at=job.last_scheduled_at,
        details=job.details,
    )


def needs_of(job: Job) -> tuple[str, ...]:
    """Return the reasons for which older code must leave a new job to newer code."""
    reasons = {
        "start_by": job.start_by,
        "unique": job.unique_key,
        "overlap": job.alone_in,
        "org_callback": job.org_callback,
        SLOTS: job.flow,
    }
    return tuple(need for need, reason in reasons.items() if reason is not None)


def has_unknown_needs(needs: tuple[str, ...]) -> bool:
    return not KNOWN_NEEDS.issuperset(needs)


def clipped(text: str, limit: int) -> str:
    """Truncate to `limit` characters and replace those that UTF-8 cannot encode."""
    return text[:limit].encode("utf-8", "replace").decode()


def safety_net(not_before: Millis, deadline: Millis, now: Millis) -> Millis:
    """Return the `due_at` of a job that should start at `not_before`."""
    if not_before - now > MAX_DELAY:
        return min(not_before - FAR_LEAD, deadline)
    return min(max(not_before, now) + GRACE, deadline)


def wake_up_delay(not_before: Millis, now: Millis) -> int | None:
    """Return a wake-up's delay in whole seconds, rounded down; 0 if the worker can sleep until the start.

    Return None if the start is too far ahead for a queue.
    """
    ahead = max(not_before - now, 0)
    if ahead > MAX_DELAY:
        return None
    return ahead // SECOND if ahead > WAIT_OUT else 0
