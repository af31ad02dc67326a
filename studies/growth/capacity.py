"""The table's throughput per second, limited by its partitions and quotas.

The engine retries a throttled call four times within half a second, so a call fails only if it does not fit
after the retries. Therefore the calls of a second are admitted with the chance capacity / demand of the
second before, and never beyond this second's capacity. The shards of `by_due` count as evenly used, which is
true within some percent; the hottest of them is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studies.growth import limits
from studies.growth.load import MINUTE

if TYPE_CHECKING:
    import numpy as np

    from studies.growth.parameters import Deployment
    from studies.growth.units import Units


class OnDemand:
    """The capacity of an on-demand table or index: twice its peak before the last half hour, up to its
    quota."""

    def __init__(self, deployment: Deployment) -> None:
        self._quota = deployment.table_writes
        self.limit = min(deployment.warm_writes, self._quota)
        self._peaks: list[int] = []
        self.used = 0

    def minute(self) -> None:
        """End a minute in which `used` units were written."""
        last = self._peaks[-1] if self._peaks else 0
        self._peaks.append(max(last, self.used // MINUTE))
        self.used = 0
        back = limits.GROWTH_PERIOD.value // MINUTE
        if len(self._peaks) > back:
            self.limit = min(max(self.limit, 2 * self._peaks[-1 - back]), self._quota)


class Key:
    """A limit of units per second, which admits or refuses calls."""

    def __init__(self, limit: int, rng: np.random.Generator) -> None:
        self.limit = limit
        self._rng = rng
        self._asked = self.before = self.used = 0

    def second(self) -> None:
        self.before, self._asked, self.used = self._asked, 0, 0

    def admits(self, count: int, units: int) -> int:
        """Return how many of `count` calls of `units` each are admitted."""
        self._asked += count * units
        if self.before > self.limit:
            count = int(self._rng.binomial(count, self.limit / self.before))
        return min(count, (self.limit - self.used) // units)


class Table:
    """The table and its indexes. `refused` counts calls that were throttled in every attempt, by limit."""

    def __init__(self, deployment: Deployment, rng: np.random.Generator) -> None:
        self._rng = rng
        self._shards = deployment.shards
        self._grown = {name: OnDemand(deployment) for name in ("table", "by_org", "by_due")}
        self._keys = {name: Key(grown.limit, rng) for name, grown in self._grown.items()}
        self._largest_org = Key(limits.PARTITION_WRITES.value, rng)
        self._all_shards = Key(limits.PARTITION_WRITES.value * deployment.shards, rng)
        self._checks = (
            *self._keys.items(),
            ("a shard of by_due", self._all_shards),
            ("the largest org's by_org", self._largest_org),
        )
        self.refused: dict[str, int] = {}
        self.hottest_shard = self.hottest_org = self.written = 0

    def second(self) -> None:
        """Start the next second."""
        due = self._keys["by_due"].used
        if due:
            self.hottest_shard = max(self.hottest_shard, self._hottest(due))
        self.hottest_org = max(self.hottest_org, self._largest_org.used)
        for name, key in self._keys.items():
            self._grown[name].used += key.used
            self.written += key.used
        for _, key in self._checks:
            key.second()

    def minute(self) -> None:
        for name, grown in self._grown.items():
            grown.minute()
            self._keys[name].limit = grown.limit

    def _hottest(self, units: int) -> int:
        drawn = self._rng.multinomial(units, [1 / self._shards] * self._shards)
        return min(int(drawn.max()), limits.PARTITION_WRITES.value)

    def write(self, count: int, units: Units, largest_org: bool = False) -> int:
        """Return how many of `count` writes succeed. The others fail with Unavailable."""
        costs = (*units, units.by_due, units.by_org if largest_org else 0)
        granted = count
        for (name, key), cost in zip(self._checks, costs, strict=True):
            if cost and (admitted := key.admits(granted, cost)) < granted:
                self.refused[name] = self.refused.get(name, 0) + granted - admitted
                granted = admitted
        for (_, key), cost in zip(self._checks, costs, strict=True):
            key.used += granted * cost
        return granted
