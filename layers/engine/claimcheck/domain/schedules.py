"""The recurring schedule and its moves: pure functions, as in `job`.

A *slot* is a time at which the schedule runs a job. The sweeper runs once a minute, so it submits a slot's
job ahead, and the job waits for its second. Times and durations are in milliseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.domain.job import MINUTE, SECOND, SLOTS, Millis, has_unknown_needs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from claimcheck.domain.recurrence import Recurrence

SCHEDULE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
# The sweeper submits a slot this early: a sweep may be half a minute late.
LEAD = 90 * SECOND
# A sweep takes an older slot as missed.
LATE = MINUTE
# Each can submit a job a minute.
MAX_SCHEDULES = 100
# The runs that a schedule shows ahead.
UPCOMING = 10
# The most runs that a row keeps: those waiting for their slot (at most two in 90 s), and the last.
REMEMBERED = 4


class Missed(StrEnum):
    """The treatment of slots missed in an outage: no job, or one job for all of them."""

    SKIP = "skip"
    RUN_ONCE = "run_once"


class Overlap(StrEnum):
    """Whether a job of a schedule may start while another one is running."""

    ALLOW = "allow"
    SKIP = "skip"


class ScheduleKey(NamedTuple):
    org: str
    name: str


class Run(NamedTuple):
    at: Millis
    job_id: str


class Slot(NamedTuple):
    """The slot at `at`, whose job starts at `run_at`. The slots after it are those after `through`.

    A missed slot stands for all missed ones. Their job has no `run_at`, so it starts at once. It exists
    only if the schedule asks for it.
    """

    at: Millis
    run_at: Millis | None
    through: Millis
    has_job: bool = True


class Refusal(NamedTuple):
    at: Millis
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A recurring schedule. `input` is JSON text; `plan` is that of the API key that stored the schedule.

    `start_by` and `deadline` count from a job's start. If `deadline` or `retention` is None, the job type's
    applies.
    """

    org: str
    name: str
    plan: str
    recurrence: Recurrence
    type: str
    input: str
    metadata: dict[str, str] = field(default_factory=dict)
    missed: Missed = Missed.SKIP
    overlap: Overlap = Overlap.ALLOW
    start_by: Millis | None = None
    callback_url: str | None = None
    deadline: Millis | None = None
    retention: Millis | None = None
    flow: str | None = None
    # The hash of the API key that stored the schedule last. Disabling that key pauses it.
    key_id: str = ""
    created_at: Millis
    # The fields from here on change.
    written_by: str = ""
    updated_at: Millis = 0
    paused: bool = False
    # The first slot not yet submitted or refused. None while paused, and after the last slot.
    next_at: Millis | None = None
    # Slots up to this time are never submitted again.
    through: Millis = 0
    runs: tuple[Run, ...] = ()
    refusal: Refusal | None = None
    # As in `Job`.
    needs: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> ScheduleKey:
        return ScheduleKey(self.org, self.name)

    @property
    def due_at(self) -> Millis | None:
        return None if self.next_at is None else self.next_at - LEAD

    @property
    def newer_than_code(self) -> bool:
        """As in `Job`. This code then submits no slots, and the schedule remains due."""
        return has_unknown_needs(self.needs)

    def needing(self) -> Schedule:
        """Return a new schedule with the reasons for which older code must leave it to newer code."""
        reasons = {
            "start_by": self.start_by is not None,
            "overlap": self.overlap is Overlap.SKIP,
            "callback": self.callback_url is not None,
            SLOTS: self.flow is not None,
        }
        return self.evolve(needs=tuple(need for need, applies in reasons.items() if applies))

    def evolve(self, **changes: Any) -> Schedule:
        return replace(self, **changes)

    def waiting(self, now: Millis) -> tuple[Run, ...]:
        return tuple(run for run in self.runs if run.at > now)

    def last_run(self, now: Millis) -> Run | None:
        return max((run for run in self.runs if run.at <= now), default=None)

    def next_run_at(self, now: Millis) -> Millis | None:
        return next(self.upcoming(now), None)

    def upcoming(self, now: Millis) -> Iterator[Millis]:
        """Yield the times of the next runs: of waiting jobs, then of slots without end. None while paused."""
        if self.paused:
            return
        yield from sorted(run.at for run in self.waiting(now))
        slot = self.next_at
        while slot is not None:
            yield slot
            # Of missed slots there is at most one run.
            slot = self.recurrence.after(max(slot, now - LATE - 1))

    def started(self, now: Millis) -> Schedule:
        """Continue with the next slot. Slots during a pause are not missed."""
        runs, through = self.runs, max(now, self.through)
        if self.paused:
            # The pause has cancelled the waiting jobs: their slots come again.
            runs, through = tuple(run for run in runs if run.at <= now), now
        return self.evolve(
            paused=False, next_at=self.recurrence.after(through), through=through, runs=runs, updated_at=now
        )

    def stopped(self, now: Millis) -> Schedule:
        if self.paused:
            return self
        return self.evolve(paused=True, next_at=None, updated_at=now)

    def due_slot(self, now: Millis) -> Slot | None:
        """Return the slot to submit now, or None if the schedule is not due."""
        if self.due_at is None or self.due_at > now:
            return None
        assert self.next_at is not None
        if self.recurrence.after(self.next_at - 1) != self.next_at:
            # A deploy has brought new rules of a time zone: the slot is at another time.
            return Slot(self.next_at, None, through=self.next_at - 1, has_job=False)
        if self.next_at >= now - LATE:
            return Slot(self.next_at, self.next_at, through=self.next_at)
        has_job = self.missed is Missed.RUN_ONCE
        return Slot(self.next_at, None, through=now - LATE - 1, has_job=has_job)

    def moved(self, through: Millis, result: Run | Refusal | None = None) -> Schedule:
        """Move on to the first slot after `through`. `result` is that of the slot submitted."""
        runs = {*self.runs, result} if isinstance(result, Run) else self.runs
        return self.evolve(
            next_at=self.recurrence.after(through),
            through=max(self.through, through),
            runs=tuple(sorted(runs)[-REMEMBERED:]),
            refusal=None if isinstance(result, Run) else result or self.refusal,
        )


class Replacement(NamedTuple):
    """A schedule before and after a change."""

    old: Schedule
    new: Schedule
