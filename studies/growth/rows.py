"""The table's rows as counts: how many jobs are in each state and place, and which of them are due.

The total is conserved. A count below zero is an error.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from studies.growth.moves import State


class Place(NamedTuple):
    """The place of jobs.

    `queued` jobs have a wake-up that is visible from `at`. `running` jobs run until `at`, with an `outcome`.
    Only the sweeper finds `away` jobs.
    """

    name: str
    at: int = 0
    outcome: str = ""


AWAY = Place("away")


class Rows:
    def __init__(self) -> None:
        self._at: dict[Place, dict[State, int]] = {}
        self._due: dict[int, dict[tuple[Place, State], None]] = {}
        self._due_counts: dict[int, int] = {}
        self._due_times: list[int] = []
        self._past: list[int] = []
        self._counts: dict[Place, int] = {}
        self.total = 0

    def add(self, place: Place, state: State, count: int) -> None:
        if count == 0:
            return
        here = self._at.setdefault(place, {})
        here[state] = here.get(state, 0) + count
        if state.due_at not in self._due:
            self._due[state.due_at], self._due_counts[state.due_at] = {}, 0
            heappush(self._due_times, state.due_at)
        self._due[state.due_at][place, state] = None
        self._due_counts[state.due_at] += count
        self._counts[place] = self._counts.get(place, 0) + count
        self.total += count

    def take(self, place: Place, state: State, count: int) -> None:
        """Raises: ValueError if there are fewer jobs."""
        if count == 0:
            return
        here = self._at[place]
        left = here[state] - count
        if left < 0 or count < 0:
            raise ValueError(f"{count} of {here[state]} jobs at {place}")
        here[state] = left
        if left == 0:
            del here[state], self._due[state.due_at][place, state]
        self._due_counts[state.due_at] -= count
        self._counts[place] -= count
        if not here:
            del self._at[place], self._counts[place]
        self.total -= count

    def count(self, place: Place, state: State) -> int:
        return self._at.get(place, {}).get(state, 0)

    def count_at(self, place: Place) -> int:
        return self._counts.get(place, 0)

    def at(self, place: Place) -> list[tuple[State, int]]:
        return list(self._at.get(place, {}).items())

    def due(self, now: int) -> Iterator[tuple[Place, State]]:
        """Return what is due now, the oldest first. Jobs that become due later are not included."""
        return ((place, state) for at in self._ripe(now) for place, state in list(self._due[at]))

    def count_due(self, now: int) -> int:
        return sum(self._due_counts[at] for at in self._ripe(now))

    def _ripe(self, now: int) -> list[int]:
        """Return the times up to now at which something is due, in order."""
        self._past = [at for at in self._past if self._forget(at)]
        while self._due_times and self._due_times[0] <= now:
            at = heappop(self._due_times)
            if self._forget(at):
                self._past.append(at)
        return [at for at in self._past if at <= now]

    def _forget(self, at: int) -> bool:
        """Drop a time at which nothing is due any more. Return whether it is kept."""
        if self._due[at]:
            return True
        del self._due[at], self._due_counts[at]
        return False
