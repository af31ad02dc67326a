"""Claims of a job, for an attempt or for the delivery of its callback: claim, work, settle.

Only a claim, a conditional write, gives the right to start; only its token gives the right to settle. If a
worker is lost between the two, the job is still due, and the work is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, NameTaken, Unavailable
from claimcheck.domain.job import SKIPPED
from claimcheck.domain.observability import named, warn
from claimcheck.service.transition import MOST_CHANGES, insist, no_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Delivery, Execution, Job, Millis
    from claimcheck.service.transition import Jobs, Recorded

    Move = Callable[[Job, Millis], Job]


@dataclass(slots=True)
class Claim:
    """A job before its claim and as last seen, and the time of the claim."""

    before: Job
    job: Job
    token: str
    at: Millis
    until: Millis

    @property
    def held(self) -> bool:
        return self.job.holds(self.token)

    @property
    def written(self) -> bool:
        """True if the claim was the job's last write."""
        return self.job.written_by == self.token


class Claims:
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def claim(
        self,
        job: Job,
        ready: Callable[[Job, Millis], bool],
        started: Callable[[Job, Millis, str], Job],
        record: Callable[[Job, Job, Millis], Execution | Delivery | None],
    ) -> Claim:
        """End a `ready` job if it is overdue. If it is time, lease it, or let it wait for its flow, by
        `started(job, now, token)`.

        A job that must run alone is skipped if another one of its schedule is running or waits.
        `record(before, after, now)` is stored with the claim.
        Raises: Unavailable; Conflict if the row is gone.
        """
        token, now = self._jobs.randomness.token(), self._jobs.clock.now()
        start = started

        def skipped(job: Job, now: Millis, token: str) -> Job:
            # Another worker may have started it since.
            return started(job, now, token) if job.executions else job.ended(now, error=SKIPPED)

        def decide(job: Job) -> Job:
            if not ready(job, now):
                return job
            return job.overdue(now) or (job if job.not_before > now else start(job, now, token))

        def recorded(before: Job, after: Job) -> Execution | Delivery | None:
            return record(before, after, now)

        for _ in range(MOST_CHANGES):
            try:
                before, after = self._jobs.transition(job, decide, token, recorded)
            except NameTaken as taken:
                if self._jobs.holder(job.org, taken) is not None:
                    start = skipped
            else:
                return Claim(before, after, token, now, after.lease.until if after.lease else now)
        raise Unavailable

    def look(self, claim: Claim) -> None:
        """Read the job again, if the store answers."""
        self._see(claim, lambda: self._jobs.store.read(claim.job.job_id) or claim.job)

    def update(self, claim: Claim, move: Move) -> None:
        """Apply `move` if the lease is held and the store answers."""
        self._see(
            claim, partial(self._moved, claim, move, self._jobs.clock.now(), self._jobs.randomness.token())
        )

    def settle(self, claim: Claim, move: Move, record: Recorded = no_record) -> Job | None:
        """Apply `move`, with retries until the lease's end, or return None if the lease is lost.

        Raises: Unavailable.
        """
        token = self._jobs.randomness.token()
        write = partial(self._moved, claim, move, self._jobs.clock.now(), token, record)
        settled = insist(write, self._jobs.clock, claim.until)
        if settled.written_by == token:
            return settled
        warn("lease lost, outcome dropped", **named(settled))
        return None

    def _moved(self, claim: Claim, move: Move, now: Millis, token: str, record: Recorded = no_record) -> Job:
        def decide(job: Job) -> Job:
            return move(job, now) if job.holds(claim.token) else job

        return self._jobs.transition(claim.job, decide, token, record)[1]

    def _see(self, claim: Claim, look: Callable[[], Job]) -> None:
        """Refresh the job. A store that does not answer stops no work."""
        try:
            claim.job = look()
        except (Unavailable, Conflict) as error:
            warn("progress not stored or read", **named(claim.job), error=str(error))
