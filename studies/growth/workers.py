"""The event source mapping and its workers.

A wake-up takes a worker for its waiting and its attempt; a stale one takes it for a look. If a worker dies,
its job stays leased, and its wake-up returns after the queue's visibility timeout.
"""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING

from claimcheck.domain.job import SECOND
from claimcheck.testing import SeededRandomness
from studies.growth import limits
from studies.growth.moves import claimed, rescheduled
from studies.growth.parameters import POLICY, TIMEOUT, VISIBILITY
from studies.growth.rows import AWAY, Place
from studies.growth.units import costs

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from studies.growth.moves import State
    from studies.growth.system import System

# Seconds that a stale wake-up takes: an assumption, for a few calls.
LOOK = 0.02
DONE, AGAIN = "done", "again"


class Longest(SeededRandomness):
    """Randomness that always returns its bound, so that a policy returns its longest wait."""

    def below(self, bound: int) -> int:
        return bound


class Workers:
    def __init__(self, system: System) -> None:
        self._system = system
        self.busy = 0
        # How many workers become free at each time.
        self._free: Counter[int] = Counter()
        self._allowed = float(min(system.deployment.workers_at_first, system.deployment.workers))

    def run(self) -> Generator[simpy.Event, None, None]:
        outage = self._system.load.outage
        while True:
            now = self._system.now
            if now == outage.start:
                self._lose()
            self._finish(now)
            self.busy -= self._free.pop(now, 0)
            if not outage.holds(now):
                self._deliver(now)
            yield self._system.env.timeout(1)

    # ---- the end of an attempt

    def _finish(self, now: int) -> None:
        for outcome in (DONE, AGAIN):
            for state, count in self._system.rows.at(Place("running", now, outcome)):
                self._system.rows.take(Place("running", now, outcome), state, count)
                failed = outcome == AGAIN and state.attempt >= POLICY.max_attempts
                if outcome == DONE or failed:
                    self._end(state, count, "attempts_exhausted" if failed else "completed")
                else:
                    self._retry(state, count)

    def _end(self, state: State, count: int, code: str) -> None:
        written = self._system.table.write(count, costs().end)
        self._system.tally.ended[code] += written
        self._insist(state, count - written, AGAIN if code == "attempts_exhausted" else DONE)

    def _insist(self, state: State, count: int, outcome: str) -> None:
        """Keep workers busy that could not write an end or a retry: they try again until the lease
        expires."""
        later = self._system.now + 1
        if state.leased(later):
            self._occupy(count, 1)
            self._system.rows.add(Place("running", later, outcome), state, count)
        else:
            self._system.tally.count("outcomes lost", count)
            self._system.rows.add(AWAY, state, count)

    def _retry(self, state: State, count: int) -> None:
        written = self._system.table.write(count, costs().reschedule)
        self._insist(state, count - written, AGAIN)
        # Full jitter: each wait has the same chance. Waits are rounded up to seconds, so no retry is early.
        waits = max(ceil(POLICY.wait(state.attempt, Longest()) / SECOND), 1)
        for wait, number in enumerate(self._system.split(written, [1 / waits] * waits), start=1):
            moved = rescheduled(state, self._system.now, wait)
            if moved.state is None:
                self._system.tally.ended[moved.code] += number
            elif number:
                self._system.wake(moved.state, number)

    # ---- the start of an attempt

    def _deliver(self, now: int) -> None:
        free = self._grown() - self.busy
        while free > 0 and (at := self._system.wake_ups.first(now)) is not None:
            stale = self._system.wake_ups.take_stale(at, int(free / LOOK))
            self._system.tally.count("looks", stale)
            free -= stale * LOOK
            for state, count in self._system.rows.at(Place("queued", at)):
                free -= self._start(Place("queued", at), state, count, free)
            if free < 1:
                break

    def _grown(self) -> float:
        """Return the mapping's number of workers. It grows while wake-ups wait, and shrinks slowly
        otherwise."""
        system, deployment = self._system, self._system.deployment
        if system.wake_ups.first(system.now) is not None:
            wanted, step = float(deployment.workers), deployment.workers_growth
            self._allowed = min(max(self._allowed, self.busy) + step, wanted)
        elif self._allowed > self.busy:
            least = min(limits.POLLERS_AT_FIRST.value, deployment.workers)
            self._allowed = max(self._allowed - deployment.workers_growth / 60, least)
        return self._allowed

    def _start(self, place: Place, state: State, count: int, free: float) -> float:
        """Claim jobs for the free workers. A worker with an early wake-up waits.

        Returns how many workers that takes. Ending an overdue job takes only a look.
        """
        system, now = self._system, self._system.now
        at = max(now, state.not_before)
        moved = claimed(state, at, TIMEOUT, POLICY.max_attempts)
        takes = 1 if moved.state else LOOK
        count = min(count, int(free / takes))
        if not count:
            return 0
        system.rows.take(place, state, count)
        system.tally.peak("queue_age", now - place.at)
        written = system.table.write(count, costs().claim if moved.state else costs().end)
        system.rows.add(AWAY, state, count - written)
        if moved.state is None:
            system.tally.ended[moved.code] += written
        else:
            self._begin(state, moved.state, written, at - now)
        return count * takes

    def _begin(self, before: State, state: State, count: int, waits: int) -> None:
        self._system.tally.count("attempts", count)
        if before.attempt == 0:
            late = self._system.now + waits - before.not_before
            self._system.tally.started(before.kind, late, count)
        self._work(state, count, waits)

    def _work(self, state: State, count: int, waits: int) -> None:
        system, load = self._system, self._system.load
        died = system.some(count, load.crashes)
        again = system.some(count - died, load.fails)
        seconds, shares = zip(*load.durations, strict=True)
        for outcome, number in ((DONE, count - died - again), (AGAIN, again), ("died", died)):
            for duration, part in zip(seconds, system.split(number, shares), strict=True):
                if part:
                    self._occupy(part, waits + duration)
                    self._place(state, part, outcome, waits + duration)

    def _place(self, state: State, count: int, outcome: str, takes: int) -> None:
        now = self._system.now
        if outcome == "died":
            self._system.tally.count("workers lost", count)
            self._system.wake_ups.add(state, count, now + VISIBILITY)
        else:
            self._system.rows.add(Place("running", now + takes, outcome), state, count)

    def _occupy(self, count: int, seconds: int) -> None:
        self.busy += count
        self._free[self._system.now + seconds] += count

    def _lose(self) -> None:
        """Lose all running workers. Their wake-ups return as if each had died."""
        for at in sorted(self._free):
            for outcome in (DONE, AGAIN):
                for state, count in self._system.rows.at(Place("running", at, outcome)):
                    self._system.rows.take(Place("running", at, outcome), state, count)
                    self._place(state, count, "died", 0)
        self._free.clear()
        self.busy = 0
        self._allowed = float(min(self._system.deployment.workers_at_first, self._system.deployment.workers))
