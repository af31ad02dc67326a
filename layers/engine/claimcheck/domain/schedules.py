"""What a recurring schedule is, and the only moves it can make.

As with a job, every move is a pure function from one `Schedule` to the next, and storing it is
conditional on the one it replaces. A *slot* is a time at which the schedule wants a job. Slots are
submitted ahead of their time, as jobs that wait for it, so that they run at their second although
the sweeper comes only once a minute.

Times and durations are integers, in milliseconds, as in `job`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.domain.job import MINUTE, SECOND

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from claimcheck.domain.job import Millis
    from claimcheck.domain.recurrence import Recurrence

SCHEDULE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# How long before a slot the sweeper submits it: a tick may come half a minute late, and still be early.
LEAD = 90 * SECOND
# A slot that is older than this when a sweep meets it was missed.
LATE = MINUTE
# How many runs a row remembers: those that wait for their slot (90 s have two slots at most), and the last.
REMEMBERED = 4


class Missed(StrEnum):
    """What becomes of the slots of an outage: nothing, or one job for all of them."""

    SKIP = "skip"
    RUN_ONCE = "run_once"


class ScheduleKey(NamedTuple):
    org: str
    name: str


class Run(NamedTuple):
    """A slot's job: `at` is when it starts."""

    at: Millis
    job_id: str


class Refusal(NamedTuple):
    """Why a slot has no job."""

    at: Millis
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`input` is JSON text. `deadline` counts from a job's start; it and `retention` are None where the
    type's own apply. `plan` is that of the key which stored the schedule."""

    org: str
    name: str
    plan: str
    recurrence: Recurrence
    type: str
    input: str
    metadata: dict[str, str] = field(default_factory=dict)
    missed: Missed = Missed.SKIP
    deadline: Millis | None = None
    retention: Millis | None = None
    created_at: Millis
    # What moves.
    written_by: str = ""
    updated_at: Millis = 0
    paused: bool = False
    # The first slot that nobody has dealt with; None while paused, and when there is none any more.
    next_at: Millis | None = None
    # No slot up to here is dealt with again.
    through: Millis = 0
    runs: tuple[Run, ...] = ()
    refusal: Refusal | None = None

    @property
    def key(self) -> ScheduleKey:
        return ScheduleKey(self.org, self.name)

    @property
    def due_at(self) -> Millis | None:
        """When the sweeper must look at it."""
        return None if self.next_at is None else self.next_at - LEAD

    def evolve(self, **changes: Any) -> Schedule:
        return replace(self, **changes)

    def waiting(self, now: Millis) -> tuple[Run, ...]:
        """The runs that were submitted and whose slots have not come."""
        return tuple(run for run in self.runs if run.at > now)

    def last_run(self, now: Millis) -> Run | None:
        return max((run for run in self.runs if run.at <= now), default=None)

    def next_run_at(self, now: Millis) -> Millis | None:
        """The next slot, whether or not its job is there already."""
        if self.paused:
            return None
        return min((run.at for run in self.waiting(now)), default=self.next_at)

    def begun(self, now: Millis) -> Schedule:
        """Go on with the next slot: what came while it was paused was not missed."""
        # Whoever paused it had the waiting jobs cancelled.
        runs = tuple(run for run in self.runs if run.at <= now or not self.paused)
        next_at = self.recurrence.after(max(now, self.through))
        return self.evolve(paused=False, next_at=next_at, runs=runs, updated_at=now)

    def resumed(self, now: Millis) -> Schedule:
        return self.begun(now) if self.paused else self

    def stopped(self, now: Millis) -> Schedule:
        if self.paused:
            return self
        return self.evolve(paused=True, next_at=None, updated_at=now)

    def missed_slots(self, now: Millis) -> Iterator[Millis]:
        """The slots that nobody dealt with in time, the oldest first."""
        slot = self.next_at
        while slot is not None and slot < now - LATE:
            yield slot
            slot = self.recurrence.after(slot)

    def slots(self, now: Millis) -> Iterator[Millis]:
        """The slots to be submitted now: those that come soon, and any that were not missed yet."""
        slot = self.next_at
        if slot is not None and slot < now - LATE:
            slot = self.recurrence.after(now - LATE - 1)
        while slot is not None and slot <= now + LEAD:
            yield slot
            slot = self.recurrence.after(slot)

    def moved(self, now: Millis, slots: Iterable[Run | Refusal]) -> Schedule:
        """To the next slot, now that `slots` are what became of those due."""
        dealt_with = list(slots)
        runs = {*self.runs, *(each for each in dealt_with if isinstance(each, Run))}
        last = dealt_with[-1] if dealt_with else self.refusal
        return self.evolve(
            next_at=self.recurrence.after(now + LEAD),
            through=max([self.through, *(each.at for each in dealt_with)]),
            runs=tuple(sorted(runs)[-REMEMBERED:]),
            refusal=last if isinstance(last, Refusal) else None,
        )
