"""The one way a stored job changes: decide on the row as it is, store the result if the row has not changed.

Beside it what follows such a write: sending the job's wake-up, and repeating a write that matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.job import SECOND, wake_up_delay
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import WakeUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Clock, JobStore, Randomness, WakeUpQueue

    Decision = Callable[[Job], Job]

T = TypeVar("T")
# A job has few writers at a time: its worker, a cancel, the sweeper.
TRIES = 10


def transition(
    store: JobStore, randomness: Randomness, job: Job, decide: Decision, token: str | None = None
) -> Job:
    """Move `job` on by `decide`, which returns what it was given when there is nothing to do.

    `token` identifies this write as its writer's own, so that one that worked though its call
    failed is recognised. Returns the job as it then stands.
    Raises: Unavailable, OutcomeUnknown; Conflict when the row is gone.
    """
    for _ in range(TRIES):
        new = decide(job)
        if new is job:
            return job
        new = new.evolve(written_by=token or randomness.token())
        try:
            store.replace(job, new)
        except Conflict as conflict:
            if conflict.current is None:
                raise
            job = conflict.current
        else:
            return new
    raise Unavailable("The job is being changed by others right now: try again.")


def insist(write: Callable[[], T], clock: Clock, until: Millis) -> T:
    """Call `write` until it works or the time is up. Raises: Unavailable, as `write` did last."""
    pause = SECOND // 4
    while True:
        try:
            return write()
        except Unavailable:
            if clock.now() + pause >= until:
                raise
        clock.sleep(pause)
        pause = min(pause * 2, 2 * SECOND)


def wake(queue: WakeUpQueue, clock: Clock, job: Job) -> None:
    """For when it may start; nothing is sent for what only the sweeper can reach."""
    # From now, not from when a request came: what lies between would make a timer late.
    delay = wake_up_delay(job.not_before, clock.now())
    if delay is None:
        return
    try:
        queue.send(WakeUp(job.job_id, job.org, delay))
    except Unavailable:
        warn("wake-up not sent: the sweeper will", job_id=job.job_id)
