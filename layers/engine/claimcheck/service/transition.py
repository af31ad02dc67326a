"""Compare-and-set writes of rows, and what follows a job's change: its wake-up, and retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from claimcheck.domain.errors import Conflict, NameTaken, Unavailable
from claimcheck.domain.job import GRACE, SECOND, Job, Millis, wake_up_delay
from claimcheck.domain.observability import named, warn
from claimcheck.domain.ports import WakeUp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.domain.flows import Flow
    from claimcheck.domain.job import Delivery, Execution
    from claimcheck.domain.ports import Clock, JobStore, Randomness, WakeUpQueue
    from claimcheck.domain.schedules import Schedule
    from claimcheck.service.payloads import Payloads

    Recorded = Callable[[Job, Job], Execution | Delivery | None]

S = TypeVar("S", bound="Job | Schedule | Flow | None")
T = TypeVar("T", "Job", "Schedule", "Flow")
R = TypeVar("R")
# A row has few writers at a time: a job has its worker, a cancel and the sweeper.
MOST_CHANGES = 10
CHANGING = "The {} is being changed by other requests: try again."
NEWER = "A newer version of this service wrote this, and is being deployed: try again in a few minutes."


def change(stored: S, decide: Callable[[S], T], replace: Callable[[S, T], S], token: str) -> tuple[S, T]:
    """Decide on the stored row and replace it. If it has changed meanwhile, decide again.

    `decide` returns its argument if there is nothing to do, `replace` the row that is then stored. `token`
    identifies the write, also after a failed call. Return the row before and after.
    Raises: Unavailable, also if only newer code may make this change.
    """
    for _ in range(MOST_CHANGES):
        new = decide(stored)
        if new is stored:
            return stored, new
        if stored is not None and not _only_moves(stored, new):
            leave_to_newer_code(stored)
        new = new.evolve(written_by=token)
        found = replace(stored, new)
        if found is new:
            return stored, new
        stored = found
    raise Unavailable(CHANGING.format(type(new).__name__.lower()))


def leave_to_newer_code(row: Job | Schedule | Flow) -> None:
    """Raises: Unavailable if only newer code may change or use this row."""
    if row.newer_than_code:
        raise Unavailable(NEWER)


def _only_moves(stored: Job | Schedule | Flow, new: Job | Schedule | Flow) -> bool:
    return isinstance(stored, Job) and isinstance(new, Job) and stored.evolve(due_at=new.due_at) == new


def no_record(before: Job, after: Job) -> None:
    return None


class Jobs(NamedTuple):
    """The stored jobs, with the ports that their changes need. `queue` is built on first use."""

    store: JobStore
    queue: Callable[[], WakeUpQueue]
    payloads: Payloads
    clock: Clock
    randomness: Randomness

    def transition(
        self, job: Job, decide: Callable[[Job], Job], token: str, record: Recorded = no_record
    ) -> tuple[Job, Job]:
        """Change a job, store with it what `record` makes of the job before and after, and return both.

        An object that the job no longer has is deleted.

        Raises: Unavailable; Conflict if the row is gone; NameTaken.
        """

        def replace(old: Job, new: Job) -> Job:
            try:
                self.store.replace(old, new, record(old, new))
            except Conflict as conflict:
                if conflict.current is None:
                    raise
                return conflict.current
            return new

        before, after = change(job, decide, replace, token)
        self.payloads.release(before, after)
        return before, after

    def holder(self, org: str, taken: NameTaken) -> Job | None:
        """Return the job that has the name. If it has ended or is gone, free the name and return None."""
        job = self.store.read(taken.job_id)
        if job is not None and taken.name in job.unique_names:
            return job
        self.store.release_name(org, taken.name, taken.job_id)
        return None

    def wake(self, job: Job) -> None:
        """Send a wake-up for the job's start, unless that is too far ahead: then the sweeper does."""
        # The clock is read here: the time since the request would make a timer late.
        now = self.clock.now()
        delay = wake_up_delay(job.not_before, now)
        if delay is None:
            return
        try:
            self.queue().send(WakeUp(job.job_id, job.org, delay))
        except Unavailable:
            warn("wake-up not sent: the sweeper will", **named(job))
            self.make_due(job, now)

    def wake_for_flow(self, before: Job, ended: Job) -> None:
        """Let a worker give the slot of an ended job, if it had one, to the next in line."""
        if before.slot is not None:
            self.wake(ended.evolve(not_before=ended.updated_at))

    def wake_many(self, jobs: Sequence[Job]) -> tuple[int, list[Job]]:
        """Send the wake-ups of these jobs, except starts too far ahead for the queue.

        Return how many were sent, and the jobs whose wake-ups were not.
        """
        wake_ups = wake_ups_of(jobs, self.clock.now())
        unsent = self.queue().send_many(list(wake_ups)) if wake_ups else []
        if unsent:
            warn("wake-ups not sent: a later sweep will", unsent=len(unsent))
        return len(wake_ups) - len(unsent), [wake_ups[each] for each in unsent]

    def make_due(self, job: Job, now: Millis) -> None:
        """Let the next sweep look at a job without a wake-up whose start is later, if the store answers."""
        if job.newer_than_code or job.not_before <= now + GRACE:
            return
        try:
            # Nobody else makes this change, so its token can follow from the last one.
            self.store.replace(job, job.evolve(due_at=now + GRACE, written_by=f"{job.written_by}+"))
        except (Unavailable, Conflict):
            warn("job not made due: it may start late", **named(job))


def wake_ups_of(jobs: Sequence[Job], now: Millis) -> dict[WakeUp, Job]:
    """Return the wake-ups of these jobs, except for starts too far ahead for the queue."""
    delays = ((job, wake_up_delay(job.not_before, now)) for job in jobs)
    return {WakeUp(job.job_id, job.org, delay): job for job, delay in delays if delay is not None}


def insist(write: Callable[[], R], clock: Clock, until: Millis) -> R:
    """Call `write` until it works or the time is `until`. Raises: Unavailable, as `write` did last."""
    pause = SECOND // 4
    while True:
        try:
            return write()
        except Unavailable:
            if clock.now() + pause >= until:
                raise
        clock.sleep(pause)
        pause = min(pause * 2, 2 * SECOND)
