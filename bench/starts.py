"""How fast a function starts, in instructions, which do not depend on the machine's load.

The baseline is a handler that only reads one item with boto3 (`bare/app.py`), in front of the same moto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import Figure, Findings
from bench.pages import number
from bench.plots import plot
from bench.stage import stage
from tests.kit import events

if TYPE_CHECKING:
    from bench.program import Program
    from bench.stage import Stage

MILLION = 1e6
# The limits, relative to the bare handler. No client waits for the sweeper's start.
MOST = {"GetJob": 0.95, "SubmitJob": 1.20, "Worker": 1.20, "Sweeper": None}
WARM = 1.15
POLLS = 30


def measure() -> Findings:
    with stage() as here:
        cold = starts(here)
        bare, poll = (warm(here, program) for program in (here.bare, here.program("GetJob")))
    start = "cold: from the interpreter's start to its first response"
    figures = [
        Figure(f"{name}.cold", f"`{name}` {start}", cold[name] / cold["bare"], unit="times", most=most)
        for name, most in MOST.items()
    ]
    alike = "`GetJob` cold, if the bare handler also trusted Amazon's authorities alone"
    figures += [
        Figure("poll.warm", "a warm poll", poll / bare, unit="times", most=WARM),
        Figure("GetJob.alike", alike, cold["GetJob"] / cold["bare, trusting Amazon"], unit="times"),
        Figure("bare.cold", "the bare handler, cold", cold["bare"] / MILLION, unit="M"),
        Figure("bare.warm", "the bare handler, warm", bare / MILLION, unit="M"),
    ]
    return Findings(figures=figures, series={"cold": cold, "warm": {"bare": bare, "GetJob": poll}})


def starts(here: Stage) -> dict[str, int]:
    """Return the instructions to the first response, by function."""
    [poll] = here.polls(1)
    asked = {
        "GetJob": poll,
        "SubmitJob": here.submission(here.new_key()),
        "Worker": here.wake_ups()[0],
        "Sweeper": events.load("tick"),
    }
    bare = {"bare": here.bare, "bare, trusting Amazon": here.bare_trusting_amazon}
    return {name: program.instructions([poll]) for name, program in bare.items()} | {
        name: here.program(name).instructions([event]) for name, event in asked.items()
    }


def warm(here: Stage, program: Program) -> float:
    """Return the mean instructions of a poll after the first, including writes of rate windows."""

    def taken(count: int) -> int:
        return program.instructions(here.polls(count))

    return (taken(1 + POLLS) - taken(1)) / POLLS


def draw(findings: Findings) -> None:
    assert findings.series is not None
    cold = {name: count / MILLION for name, count in findings.series["cold"].items()}
    with plot("starts", "From the interpreter's start to the first answer", height=2.2) as axes:
        bars = axes.barh(list(cold), list(cold.values()))
        axes.bar_label(bars, [f"{number(round(count))}" for count in cold.values()], padding=3)
        axes.invert_yaxis()
        axes.set_xlabel("million instructions")
