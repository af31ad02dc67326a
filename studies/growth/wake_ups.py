"""The queue: wake-ups in the order in which they become visible.

The first visible wake-up of a job is its *live* one. Any further one is *stale*: it finds the job ended or
leased, and costs a look. Stale wake-ups are only counted. Live wake-ups before stale ones is an assumption: a
standard queue has best-effort ordering.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from studies.growth.rows import Place

if TYPE_CHECKING:
    from studies.growth.moves import State
    from studies.growth.rows import Rows


class WakeUps:
    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._stale: dict[int, int] = {}
        self._times: list[int] = []
        self._known: set[int] = set()

    def add(self, state: State, count: int, at: int) -> None:
        """Add jobs whose live wake-up is visible from `at`."""
        if count:
            self._rows.add(Place("queued", at), state, count)
            self._know(at)

    def add_stale(self, count: int, at: int) -> None:
        if count:
            self._stale[at] = self._stale.get(at, 0) + count
            self._know(at)

    def _know(self, at: int) -> None:
        if at not in self._known:
            self._known.add(at)
            heappush(self._times, at)

    def first(self, now: int) -> int | None:
        """Return the time at which the oldest visible wake-up became visible, or None."""
        while self._times and self._times[0] <= now:
            at = self._times[0]
            if self._stale.get(at) or self._rows.count_at(Place("queued", at)):
                return at
            self._stale.pop(at, None)
            self._known.discard(heappop(self._times))
        return None

    def take_stale(self, at: int, most: int) -> int:
        taken = min(self._stale.get(at, 0), most)
        if taken:
            self._stale[at] -= taken
        return taken

    def visible(self, now: int) -> tuple[int, int]:
        """Return how many live and stale wake-ups are visible."""
        times = [at for at in self._times if at <= now]
        live = sum(self._rows.count_at(Place("queued", at)) for at in times)
        return live, sum(self._stale.get(at, 0) for at in times)
