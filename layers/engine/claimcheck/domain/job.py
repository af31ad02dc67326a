"""What a job is, and the only moves it can make.

Every move is a pure function from one `Job` to the next; storing it is somebody else's work
and is always conditional on the job it replaces (see `service.transition`). This module
imports nothing of ours and knows neither AWS nor HTTP.

All times are integers: milliseconds since the Unix epoch, UTC. All durations are integers
in milliseconds, too.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Millis = int

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# SQS: "DelaySeconds ... 0 to 900 (15 minutes)" (Amazon SQS API Reference, SendMessage).
MAX_DELAY = 15 * MINUTE
# How long after the normal path should have acted the sweeper looks.
GRACE = MINUTE
# How long before a far start the sweeper looks: within reach of a delayed wake-up.
FAR_LEAD = 14 * MINUTE
# How early a worker may be and still wait: a queue knows whole seconds, it knows milliseconds.
WAIT_OUT = 2 * SECOND
# A lease outlives the timeout that its holder enforces on itself by this much.
LEASE_MARGIN = 5 * SECOND
# How long a callback may be owed, whatever keeps it from being tried: more than all its tries take.
CALLBACK_HORIZON = 3 * DAY


class Status(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class Payload(NamedTuple):
    """An input or a result, as JSON text: in the job's own row when small, else by its object key."""

    size: int
    text: str | None = None
    key: str | None = None


class Lease(NamedTuple):
    """The right to write what became of a run, or after the end of a callback's delivery: whoever knows
    the token, until somebody else leases it."""

    token: str
    until: Millis


class Progress(NamedTuple):
    done: int
    total: int | None = None
    message: str | None = None


class JobError(NamedTuple):
    code: str
    message: str


CANCELLED = JobError("cancelled", "The job was cancelled.")
DEADLINE_EXCEEDED = JobError("deadline_exceeded", "The job did not finish before its deadline.")
TIMED_OUT = JobError("timeout", "The last attempt ran into its time limit.")
WORKER_LOST = JobError("worker_lost", "The worker running the last attempt was lost.")


class Execution(NamedTuple):
    """One claim of a job and how it ended: `outcome` is `running`, `completed`, `failed`,
    `retry`, `again`, `timeout` or `worker_lost`.

    `scheduled_at` is when it should have started; old records have none. `details` are what the handler
    noted, at most 4 KiB of JSON.
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
    """Whom the job's end is told. `tries` counts deliveries since the end, or since it was last asked for
    again; `calls` counts all of them, and numbers them. It is given up at `until`; at `settled_at` it was
    delivered or given up."""

    url: str
    state: Literal["pending", "delivered", "failed"] = "pending"
    tries: int = 0
    calls: int = 0
    until: Millis = 0
    settled_at: Millis | None = None


class Delivery(NamedTuple):
    """One try of a callback: the answer's `status` and the beginning of its body, or an `error`, a code
    for programs, and a `message` that says why there was none. Without either it is under way, or was
    cut off."""

    number: int
    started_at: Millis
    duration: Millis | None = None
    status: int | None = None
    answer: str = ""
    error: str | None = None
    message: str | None = None


class Movement(NamedTuple):
    """One movement of an org's credits: `reason` is `added`, `charged` or `refunded`."""

    at: Millis
    amount: int
    reason: str
    job_id: str | None = None


class Reservation(NamedTuple):
    """What an Idempotency-Key stands for: the accepted job as its 202 showed it."""

    fingerprint: str
    accepted: Job
    expires_at: Millis


class Job(NamedTuple):
    # What never changes.
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
    # What moves.
    status: Status = Status.PENDING
    written_by: str = ""
    updated_at: Millis = 0
    not_before: Millis = 0
    due_at: Millis | None = None
    attempt: int = 0
    executions: int = 0
    started_at: Millis | None = None
    # When the last execution should have started: `not_before` at its claim.
    wanted_at: Millis | None = None
    lease: Lease | None = None
    progress: Progress | None = None
    # What the handler keeps from one look to the next: JSON text of at most 16 KiB.
    state: str | None = None
    cancel_requested_at: Millis | None = None
    input: Payload | None = None
    result: Payload | None = None
    error: JobError | None = None
    # What was noted of the last execution, once that has ended the job.
    details: dict[str, Any] | None = None
    ended_at: Millis | None = None
    callback: Callback | None = None

    @property
    def expires_at(self) -> Millis | None:
        """Past this reads say 404, whether or not TTL has deleted the row."""
        return None if self.ended_at is None else self.ended_at + self.retention

    @property
    def last_needed(self) -> Millis:
        """When this job expires that ends at its deadline: hardly any ends later, and then by minutes."""
        return self.deadline + self.retention

    @property
    def delete_at(self) -> Millis | None:
        """From when TTL may delete the row: never while anything is due."""
        return self.expires_at if self.due_at is None else None

    @property
    def refund(self) -> int:
        """The credits that go back with this job's end: all of them, when it failed."""
        return self.charge if self.status is Status.FAILED else 0

    @property
    def last_scheduled_at(self) -> Millis:
        """When the last execution should have started; `not_before` may have moved on since."""
        return self.not_before if self.wanted_at is None else self.wanted_at

    @property
    def owes_callback(self) -> bool:
        """Whether it has ended and its end is still to be told: then it stays in the safety net."""
        return self.ended_at is not None and self.callback is not None and self.callback.state == "pending"

    def evolve(self, **changes: Any) -> Job:
        return self._replace(**changes)

    def leased(self, now: Millis) -> bool:
        return self.lease is not None and self.lease.until > now

    def claimable(self, now: Millis) -> bool:
        return self.ended_at is None and not self.leased(now)

    def deliverable(self, now: Millis) -> bool:
        return self.owes_callback and not self.leased(now)

    def holds(self, token: str) -> bool:
        """Whether `token` may still write the outcome: also late, as long as nobody replaced it."""
        return self.lease is not None and self.lease.token == token

    def claimed(self, now: Millis, token: str, timeout: Millis) -> Job:
        return self.evolve(
            status=Status.PROCESSING,
            lease=Lease(token, min(now + timeout, self.deadline) + LEASE_MARGIN),
            attempt=self.attempt + 1,
            executions=self.executions + 1,
            started_at=now,
            wanted_at=self.not_before,
            updated_at=now,
        )

    def rescheduled(self, now: Millis, not_before: Millis, attempt: int) -> Job:
        """Wait for the next try; or end, when a cancel was asked for or the deadline comes first."""
        if self.cancel_requested_at is not None:
            return self.ended(now, error=CANCELLED)
        if not_before >= self.deadline:
            return self.ended(now, error=DEADLINE_EXCEEDED)
        return self.evolve(
            lease=None,
            attempt=attempt,
            not_before=not_before,
            due_at=safety_net(not_before, self.deadline, now),
            updated_at=now,
        )

    def ended(self, now: Millis, *, result: Payload | None = None, error: JobError | None = None) -> Job:
        """The one way to end. Input and state go: nothing reads them again, and they may hold credentials."""
        ended = self.evolve(
            status=Status.COMPLETED if error is None else Status.FAILED,
            lease=None,
            input=None,
            state=None,
            result=result,
            error=error,
            due_at=None,
            ended_at=now,
            updated_at=now,
        )
        return ended if self.callback is None else ended.calling_back(now)

    def calling_back(self, now: Millis) -> Job:
        """Owe the callback from now on, with all its tries: at the end, and whenever it is asked for again.

        A delivery under way loses its lease: whatever it meets began before this.
        """
        assert self.callback is not None
        until = now + CALLBACK_HORIZON
        callback = self.callback._replace(state="pending", tries=0, until=until, settled_at=None)
        return self.evolve(callback=callback, lease=None, not_before=now, due_at=now + GRACE)

    def called_back(self, now: Millis, state: Literal["delivered", "failed"]) -> Job:
        """Nothing is owed any more, so that TTL may have the row."""
        assert self.callback is not None
        callback = self.callback._replace(state=state, settled_at=now)
        return self.evolve(callback=callback, lease=None, due_at=None)

    def cancelled(self, now: Millis) -> Job:
        """End at once, or leave a request that every claim, reschedule and sweep honours."""
        if not self.leased(now):
            return self.ended(now, error=CANCELLED)
        if self.cancel_requested_at is not None:
            return self
        return self.evolve(cancel_requested_at=now, updated_at=now)

    def overdue(self, now: Millis) -> Job | None:
        """The end that is owed whatever else happens, or None. A live lease owes none yet."""
        if self.leased(now):
            return None
        if self.ended_at is not None:
            given_up = self.owes_callback and now >= self._limit
            return self.called_back(now, "failed") if given_up else None
        if self.cancel_requested_at is not None:
            return self.ended(now, error=CANCELLED)
        if now >= self.deadline:
            return self.ended(now, error=DEADLINE_EXCEEDED)
        return None

    def swept(self, now: Millis) -> Job:
        """Move the safety net on, because the sweeper is about to act on this job."""
        return self.overdue(now) or self.evolve(due_at=self._next_look(now))

    def _next_look(self, now: Millis) -> Millis:
        if self.lease is not None and self.lease.until > now:
            return self.lease.until
        if self.not_before > now:
            return safety_net(self.not_before, self._limit, now)
        # Doubles by itself: each look comes when the wait so far has passed once more.
        waiting_since = max(self.not_before, self.lease.until if self.lease else 0)
        step = min(max(now - waiting_since, GRACE), MAX_DELAY)
        return min(now + step, self._limit)

    @property
    def _limit(self) -> Millis:
        """When what is owed is given up: the end, or after it the callback."""
        return self.callback.until if self.ended_at is not None and self.callback else self.deadline


def clipped(text: str, limit: int) -> str:
    """A text of anybody's as a row can hold it: so many characters, all of which UTF-8 can say."""
    return text[:limit].encode("utf-8", "replace").decode()


def safety_net(not_before: Millis, deadline: Millis, now: Millis) -> Millis:
    """When the sweeper must look at a job that should start at `not_before`."""
    if not_before - now > MAX_DELAY:
        return min(not_before - FAR_LEAD, deadline)
    return min(max(not_before, now) + GRACE, deadline)


def wake_up_delay(not_before: Millis, now: Millis) -> int | None:
    """Seconds to delay a wake-up by, rounded down, and 0 for what the worker waits out; None when only the
    sweeper can reach so far."""
    ahead = max(not_before - now, 0)
    if ahead > MAX_DELAY:
        return None
    return ahead // SECOND if ahead > WAIT_OUT else 0
