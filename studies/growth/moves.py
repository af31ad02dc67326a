"""The engine's own transitions, for cohorts: `claimcheck.domain.job` makes them.

Times are whole seconds. A transition depends on a job's times relative to now, so each one is computed once
and cached.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from claimcheck.domain.job import (
    DAY,
    SECOND,
    WORKER_LOST,
    Job,
    Lease,
    Millis,
    Status,
    safety_net,
    wake_up_delay,
)

# Any time will do.
NOW: Millis = 1_000_000 * SECOND


class State(NamedTuple):
    """Everything that a job's transitions depend on.

    `kind` is a `load.Kind`. A `serial` other than 0 makes the job a cohort of its own.
    """

    not_before: int
    deadline: int
    due_at: int
    kind: int = 0
    attempt: int = 0
    lease_until: int | None = None
    serial: int = 0

    def seen_from(self, now: int) -> State:
        """Return the state with times relative to now, and without what no transition depends on."""
        lease = None if self.lease_until is None else self.lease_until - now
        return State(self.not_before - now, self.deadline - now, self.due_at - now, 0, self.attempt, lease)

    def leased(self, now: int) -> bool:
        return self.lease_until is not None and self.lease_until > now


class Moved(NamedTuple):
    """The next state, or None and the error's code if the job ended."""

    state: State | None
    code: str = ""


def submitted(now: int, run_at: int, deadline: int, kind: int) -> State:
    due_at = safety_net(run_at * SECOND, deadline * SECOND, now * SECOND)
    return State(run_at, deadline, due_at // SECOND, kind)


def delay(state: State, now: int) -> int | None:
    """Return the delay of a wake-up in seconds, or None if it is longer than SQS allows."""
    return wake_up_delay(state.not_before * SECOND, now * SECOND)


def claimed(state: State, now: int, timeout: int, max_attempts: int) -> Moved:
    """Return the result of a worker's claim of a job without a current lease."""
    return _placed(_claimed(state.seen_from(now), timeout, max_attempts), state, now)


def rescheduled(state: State, now: int, wait: int) -> Moved:
    return _placed(_rescheduled(state.seen_from(now), wait), state, now)


def swept(state: State, now: int) -> Moved:
    return _placed(_swept(state.seen_from(now)), state, now)


def _placed(moved: Moved, before: State, now: int) -> Moved:
    seen, code = moved
    if seen is None:
        return moved
    lease = None if seen.lease_until is None else seen.lease_until + now
    times = (seen.not_before + now, seen.deadline + now, seen.due_at + now)
    return Moved(State(*times, before.kind, seen.attempt, lease, before.serial), code)


@cache
def _claimed(state: State, timeout: int, max_attempts: int) -> Moved:
    job = _job(state)
    if job.lease is not None and job.attempt >= max_attempts and job.overdue(NOW) is None:
        return _moved(job.ended(NOW, error=WORKER_LOST), state)
    return _moved(job.overdue(NOW) or job.claimed(NOW, "", timeout * SECOND), state)


@cache
def _rescheduled(state: State, wait: int) -> Moved:
    return _moved(_job(state).rescheduled(NOW, NOW + wait * SECOND, state.attempt), state)


@cache
def _swept(state: State) -> Moved:
    return _moved(_job(state).swept(NOW), state)


def _job(state: State) -> Job:
    """Return a job in this state, with times relative to NOW."""
    lease = None if state.lease_until is None else Lease("", NOW + state.lease_until * SECOND)
    return Job(
        job_id="",
        org="",
        dialect="",
        type="",
        type_version=1,
        created_at=0,
        run_at=0,
        deadline=NOW + state.deadline * SECOND,
        retention=DAY,
        typical=0,
        status=Status.PROCESSING if state.attempt else Status.PENDING,
        not_before=NOW + state.not_before * SECOND,
        due_at=NOW + state.due_at * SECOND,
        attempt=state.attempt,
        lease=lease,
    )


def _moved(job: Job, before: State) -> Moved:
    if job.due_at is None:
        return Moved(None, job.error.code if job.error else "")
    return Moved(
        before._replace(
            not_before=_seconds(job.not_before),
            due_at=_seconds(job.due_at),
            attempt=job.attempt,
            lease_until=None if job.lease is None else _seconds(job.lease.until),
        )
    )


def _seconds(at: Millis) -> int:
    return (at - NOW) // SECOND
