"""The right to work on a job: claim it, do the work, settle what became of it.

A run and the delivery of a callback both go this way. Only a claim, a conditional write, gives the right to
begin; only its token gives the right to settle. If a worker is lost between the two, the job stays in the
safety net, and the work is done again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.observability import warn
from claimcheck.service.transition import change, insist, replaced, transition

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Clock, JobStore, Randomness

    Move = Callable[[Job, Millis], Job]


class Claim:
    """A job before and after its claim: `job` is the job as last seen, `until` the end of the lease."""

    def __init__(
        self, store: JobStore, clock: Clock, randomness: Randomness, before: Job, job: Job, token: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness
        self._token = token
        self.before = before
        self.job = job
        self.written = job.written_by == token
        self.until = job.lease.until if job.lease else 0

    @property
    def held(self) -> bool:
        """Whether the job, as last seen, has this claim's lease."""
        return self.job.holds(self._token)

    def look(self) -> None:
        """See the job as it is now, if the store answers."""
        self._see(lambda: self._store.read(self.job.job_id) or self.job)

    def update(self, move: Move) -> None:
        """Move the job on while it is held, if the store answers."""
        self._see(partial(self._moved, move, self._randomness.token(), self._clock.now()))

    def settle(self, move: Move) -> Job | None:
        """Move the job on, and insist on that until the lease's end. Returns None if the lease is lost.

        Raises: Unavailable.
        """
        token = self._randomness.token()
        settled = insist(partial(self._moved, move, token, self._clock.now()), self._clock, self.until)
        if settled.written_by == token:
            return settled
        warn("lease lost, outcome dropped", job_id=settled.job_id)
        return None

    def _moved(self, move: Move, token: str, now: Millis) -> Job:
        def decide(job: Job) -> Job:
            return move(job, now) if job.holds(self._token) else job

        return transition(self._store, self.job, decide, token)

    def _see(self, look: Callable[[], Job]) -> None:
        """Seeing the job is a courtesy: a store that does not answer stops no work."""
        try:
            self.job = look()
        except (Unavailable, Conflict) as error:
            warn("progress not stored or read", job_id=self.job.job_id, error=str(error))


class Claims:
    def __init__(self, store: JobStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    def claim(
        self, job: Job, ready: Callable[[Job, Millis], bool], begun: Callable[[Job, Millis, str], Job]
    ) -> Claim:
        """If a job is `ready`, end it when it is overdue; else lease it by `begun`, which is given the token.

        The claim is `held` if this won the lease, and `written` if it changed the job at all.
        Raises: Unavailable; Conflict when the row is gone.
        """
        token, now = self._randomness.token(), self._clock.now()

        def decide(job: Job) -> Job:
            if not ready(job, now):
                return job
            return job.overdue(now) or (job if job.not_before > now else begun(job, now, token))

        before, after = change(job, decide, partial(replaced, self._store), token)
        return Claim(self._store, self._clock, self._randomness, before, after, token)
