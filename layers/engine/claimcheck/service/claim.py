"""The right to work on a job: claim it, do the work, settle the outcome.

A run and the delivery of a callback both go this way. Only a claim, a conditional write, gives the right to
begin; only its token gives the right to settle. If a worker is lost between the two, the job stays in the
safety net, and the work is done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.observability import warn
from claimcheck.service.transition import insist, transition

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Clock, JobStore, Randomness

    Move = Callable[[Job, Millis], Job]


@dataclass(slots=True)
class Claim:
    """A job `before` its claim, and as last seen."""

    before: Job
    job: Job
    token: str
    until: Millis

    @property
    def held(self) -> bool:
        """Whether the job, as last seen, has this claim's lease."""
        return self.job.holds(self.token)

    @property
    def written(self) -> bool:
        """Whether the job, as last seen, is as this claim has written it."""
        return self.job.written_by == self.token


class Claims:
    def __init__(self, store: JobStore, clock: Clock, randomness: Randomness) -> None:
        self._store = store
        self._clock = clock
        self._randomness = randomness

    def claim(
        self, job: Job, ready: Callable[[Job, Millis], bool], begun: Callable[[Job, Millis, str], Job]
    ) -> Claim:
        """If a job is `ready`, end it when it is overdue; else lease it by `begun`, which gets the token.

        Raises: Unavailable; Conflict when the row is gone.
        """
        token, now = self._randomness.token(), self._clock.now()

        def decide(job: Job) -> Job:
            if not ready(job, now):
                return job
            return job.overdue(now) or (job if job.not_before > now else begun(job, now, token))

        before, after = transition(self._store, job, decide, token)
        return Claim(before, after, token, after.lease.until if after.lease else now)

    def look(self, claim: Claim) -> None:
        """See the job as it is now, if the store answers."""
        self._see(claim, lambda: self._store.read(claim.job.job_id) or claim.job)

    def update(self, claim: Claim, move: Move) -> None:
        """Move the job on while it is held, if the store answers."""
        self._see(claim, partial(self._moved, claim, move, self._clock.now(), self._randomness.token()))

    def settle(self, claim: Claim, move: Move) -> Job | None:
        """Move the job on; insist on that until the lease's end. Returns None if the lease is lost.

        Raises: Unavailable.
        """
        token = self._randomness.token()
        write = partial(self._moved, claim, move, self._clock.now(), token)
        settled = insist(write, self._clock, claim.until)
        if settled.written_by == token:
            return settled
        warn("lease lost, outcome dropped", job_id=settled.job_id)
        return None

    def _moved(self, claim: Claim, move: Move, now: Millis, token: str) -> Job:
        def decide(job: Job) -> Job:
            return move(job, now) if job.holds(claim.token) else job

        return transition(self._store, claim.job, decide, token)[1]

    def _see(self, claim: Claim, look: Callable[[], Job]) -> None:
        """Seeing the job is a courtesy: a store that does not answer stops no work."""
        try:
            claim.job = look()
        except (Unavailable, Conflict) as error:
            warn("progress not stored or read", job_id=claim.job.job_id, error=str(error))
