"""The simulation's shared parts: clock, random numbers, table, queue and tally."""

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
    """The state of one stack. With `alone`, every job is a cohort of its own: slow, for tests of cohorts."""

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
        """Draw how many of `count` an event with this chance happens to."""
        if not count or not chance:
            return 0
        return int(self.rng.binomial(count, chance))

    def split(self, count: int, chances: Sequence[float]) -> list[int]:
        """Split `count` at random over alternatives whose chances add up to one."""
        if not count:
            return [0] * len(chances)
        return [int(part) for part in self.rng.multinomial(count, chances)]

    def wake(self, state: State, count: int) -> None:
        """Send the wake-ups of jobs that start soon. Lost ones, and jobs that start later, are left to the
        sweeper."""
        after = delay(state, self.now)
        lost = count if after is None else self.some(count, self.load.lost)
        self.rows.add(AWAY, state, lost)
        if after is not None:
            self.tally.count("wake-ups", count)
            self.wake_ups.add(state, count - lost, self.now + after)

    def each(self, state: State, count: int) -> Iterator[tuple[State, int]]:
        """Yield one cohort of `count` jobs, or `count` cohorts of one job."""
        if not self.alone:
            yield state, count
            return
        for _ in range(count):
            self._serial += 1
            yield state._replace(serial=self._serial), 1
