"""What the parts of the simulation share: the clock, the chance, the table, the queue, and the tally."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studies.growth.capacity import Table
from studies.growth.moves import delay
from studies.growth.rows import AWAY, Rows
from studies.growth.tally import Tally
from studies.growth.wake_ups import WakeUps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import simpy

    from studies.growth.load import Load
    from studies.growth.moves import State
    from studies.growth.parameters import Deployment


@dataclass
class System:
    """`alone` keeps every job a cohort of its own: slow, and there to check cohorts by."""

    env: simpy.Environment
    rng: np.random.Generator
    load: Load
    deployment: Deployment
    alone: bool = False
    rows: Rows = field(default_factory=Rows)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.wake_ups = WakeUps(self.rows)
        self.table = Table(self.deployment, self.rng)
        self._serial = 0

    @property
    def now(self) -> int:
        return int(self.env.now)

    def some(self, count: int, chance: float) -> int:
        """How many of so many have this chance's luck."""
        if not count or not chance:
            return 0
        return int(self.rng.binomial(count, chance))

    def split(self, count: int, chances: Sequence[float]) -> list[int]:
        """So many, over alternatives whose chances add up to one."""
        if not count:
            return [0] * len(chances)
        return [int(part) for part in self.rng.multinomial(count, chances)]

    def wake(self, state: State, count: int) -> None:
        """Send the wake-ups of jobs that are nowhere else: those that may start soon are in the queue then,
        unless they are lost, and the others are for the sweeper to find."""
        after = delay(state, self.now)
        lost = count if after is None else self.some(count, self.load.lost)
        self.rows.add(AWAY, state, lost)
        if after is not None:
            self.tally.count("wake-ups", count)
            self.wake_ups.add(state, count - lost, self.now + after)

    def each(self, state: State, count: int) -> Iterator[tuple[State, int]]:
        """A new cohort, or that many of one job."""
        if not self.alone:
            yield state, count
            return
        for _ in range(count):
            self._serial += 1
            yield state._replace(serial=self._serial), 1
