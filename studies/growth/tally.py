"""A day's results: totals, lateness, and values per minute."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from studies.growth.load import Kind

SERIES = (
    "submitted",
    "accepted",
    "waiting",
    "stale",
    "queue_age",
    "busy",
    "due_rows",
    "moved",
    "sweep_seconds",
    "hottest_shard",
    "hottest_org",
    "written",
)


@dataclass
class Tally:
    """The results so far.

    `totals` counts jobs and events by name. `late` counts first attempts, per kind, by seconds of delay.
    `minutes` has a value per minute for each of SERIES.
    """

    totals: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    late: tuple[Counter[int], ...] = field(default_factory=lambda: tuple(Counter() for _ in Kind.NAMES))
    minutes: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in SERIES})
    _now: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, number: int) -> None:
        """Add to the minute and to the day."""
        self.totals[name] += number
        if name in self.minutes:
            self._now[name] += number

    def peak(self, name: str, value: float) -> None:
        """Keep the minute's highest value."""
        self._now[name] = max(self._now[name], value)  # type: ignore[assignment]

    def minute(self, **values: float) -> None:
        for name, line in self.minutes.items():
            line.append(values.get(name, self._now[name]))
        self._now.clear()

    def started(self, kind: int, late: int, number: int) -> None:
        self.late[kind][late] += number

    def lateness(self, kind: int, share: float) -> int | None:
        """Return a quantile of the delay in seconds, or None without jobs of this kind."""
        return quantile(self.late[kind], share)

    @property
    def ends(self) -> int:
        return sum(self.ended.values())

    def highest(self, name: str) -> float:
        return max(self.minutes[name], default=0)


def quantile(found: Counter[int], share: float) -> int | None:
    wanted, seen = share * sum(found.values()), 0
    for value, count in sorted(found.items()):
        seen += count
        if seen >= wanted:
            return value
    return None


def recorded(tally: Tally) -> dict[str, Any]:
    """Return the tally as results.json stores it: the highest value of every ten minutes."""
    late = {
        name: [tally.lateness(kind, share) for share in (0.5, 0.99, 1)]
        for kind, name in enumerate(Kind.NAMES)
    }
    return {
        "totals": {name: int(value) for name, value in sorted(tally.totals.items())},
        "ended": {name: int(value) for name, value in sorted(tally.ended.items())},
        "late": late,
        "minutes": {name: thinned(line) for name, line in tally.minutes.items()},
    }


def thinned(line: list[float], step: int = 10) -> list[int]:
    return [round(max(line[start : start + step])) for start in range(0, len(line), step)]
