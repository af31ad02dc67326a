"""The one way a stored row changes: decide on the row as it is, store the result if the row has not changed.

Beside it what follows a job's change: sending its wake-up, and repeating a write that matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.job import SECOND, wake_up_delay
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import WakeUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Clock, JobStore, WakeUpQueue

S = TypeVar("S")
T = TypeVar("T", bound="Evolving")
# A row has few writers at a time: of a job its worker, a cancel and the sweeper.
MOST_CHANGES = 10


class Evolving(Protocol):
    def evolve(self, **changes: Any) -> Self: ...


def change(stored: S, decide: Callable[[S], T], replace: Callable[[S, T], S], token: str) -> tuple[S, T]:
    """Compare and set: decide on what is stored, and replace it if it has not changed, else decide again.

    `decide` returns what it was given when there is nothing to do. `replace` returns what is stored after it.
    `token` identifies this write as its writer's own, also one that worked though its call failed.
    Returns what was stored before and after. Raises: Unavailable, and what `replace` raises.
    """
    for _ in range(MOST_CHANGES):
        new = decide(stored)
        unchanged = new is stored
        if unchanged:
            return stored, new
        new = new.evolve(written_by=token)
        found = replace(stored, new)
        worked = found is new
        if worked:
            return stored, new
        stored = found
    what = type(new).__name__.lower()
    raise Unavailable(f"The {what} is being changed by others right now: try again.")


def transition(store: JobStore, job: Job, decide: Callable[[Job], Job], token: str) -> Job:
    """Move a job on by `change`. Returns the job as it is then stored.

    Raises: Unavailable, OutcomeUnknown; Conflict when the row is gone.
    """
    return change(job, decide, lambda old, new: replaced(store, old, new), token)[1]


def replaced(store: JobStore, old: Job, new: Job) -> Job:
    """The job that is stored after `new` should have replaced `old`. Raises: as `transition` does."""
    try:
        store.replace(old, new)
    except Conflict as conflict:
        if conflict.current is None:
            raise
        return conflict.current
    return new


def insist(write: Callable[[], S], clock: Clock, until: Millis) -> S:
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
