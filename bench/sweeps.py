"""A sweep's AWS calls, by the number of due rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import plots
from bench.figures import Figure, Findings
from claimcheck.domain.ports import SHARDS
from tests.kit.measuring.sweeps import APART, calls_of_a_sweep, overdue, slots, timers

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = (0, 10, 100, 1_000, 10_000)
# For a due row: one conditional move, and its share of batched reads and sends.
A_ROW = 1.2


def measure(counts: Sequence[int] = COUNTS) -> Findings:
    calls = {count: calls_of_a_sweep(timers, count) for count in counts}
    ends = calls_of_a_sweep(overdue, APART).total()
    submitted = calls_of_a_sweep(slots, APART).total()
    figures = [figure for count in counts for figure in _of_timers(count, calls[count].total())]
    figures += [
        _beyond("ends", f"calls per overdue job, of {APART} that the sweep ends", ends, APART),
        _beyond(
            "slots", f"calls per slot of a schedule, of {APART} that the sweep submits", submitted, APART
        ),
    ]
    series = {"calls": {str(count): dict(each) for count, each in calls.items()}}
    return Findings(figures=figures, series=series)


def _of_timers(count: int, calls: int) -> list[Figure]:
    if count == 0:
        what = "calls when nothing is due: one query per shard"
        return [Figure("calls_0", what, calls, most=SHARDS, kept=True)]
    whole = Figure(f"calls_{count}", f"calls for {count:,} due rows", calls, kept=True)
    what = f"calls per row, of {count:,}, without the {SHARDS} shards' queries"
    return [whole, _beyond(f"a_row_{count}", what, calls, count, A_ROW)]


def _beyond(name: str, what: str, calls: int, rows: int, most: float | None = None) -> Figure:
    return Figure(name, what, round((calls - SHARDS) / rows, 4), most=most, kept=True)


def draw(findings: Findings) -> None:
    """docs/plots/sweeps.svg"""
    assert findings.series is not None
    calls = {
        int(count): sum(each.values()) for count, each in findings.series["calls"].items() if count != "0"
    }
    rows = sorted(calls)
    with plots.plot("sweeps", "Calls of a sweep") as axes:
        axes.loglog(rows, [calls[count] for count in rows], "o-", label="measured")
        limit = [SHARDS + A_ROW * count for count in rows]
        axes.loglog(rows, limit, "--", color=plots.COLOURS[7], label=f"{SHARDS} and {A_ROW} a row")
        axes.set_xlabel("rows due")
        axes.set_ylabel("calls to AWS")
        axes.legend(frameon=False)
