"""The plots of docs/scale.md: the queue's age, the sweeper's load and the hottest key over the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench import plots
from studies.growth import limits
from studies.growth.parameters import SWEEP
from studies.growth.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

Days = dict[str, dict[str, Any]]


def draw(found: dict[str, Any]) -> None:
    days: Days = found["scenarios"]
    with plots.plot("scale-queue-age", "Age of the oldest wake-up, minutes") as axes:
        _lines(axes, days, lambda minutes: [max(value, 1) / 60 for value in minutes["queue_age"]])
        axes.set_yscale("log")
    with plots.plot("scale-sweeper", "Rows due at a tick, of one cell") as axes:
        _lines(axes, days, lambda minutes: [max(value, 1) for value in minutes["due_rows"]])
        _limit(axes, SWEEP * 1000, "what one tick can move")
        axes.set_yscale("log")
    with plots.plot("scale-hottest-key", "Write units a second, hottest shard of by_due") as axes:
        _lines(axes, days, lambda minutes: minutes["hottest_shard"])
        _limit(axes, limits.PARTITION_WRITES.value, "a partition's limit")


def _lines(axes: Axes, days: Days, values: Callable[[dict[str, Any]], list[float]]) -> None:
    for scenario in SCENARIOS:
        line = values(days[scenario.name]["minutes"])
        hours = [24 * (step + 1) / len(line) for step in range(len(line))]
        axes.plot(hours, line, label=scenario.title, linewidth=1.2)
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 4))
    axes.set_xlabel("hour of the day")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize=8)


def _limit(axes: Axes, value: float, words: str) -> None:
    axes.axhline(value, color="black", linestyle="--", linewidth=0.8)
    axes.annotate(words, (0.2, value), textcoords="offset points", xytext=(0, 3), fontsize=8)
