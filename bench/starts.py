"""How fast a function starts, in instructions: whatever else the machine does, they are the same.

Against a handler that only reads one item with boto3 (`bare/app.py`), both in front of the same AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import Figure, Findings
from bench.pages import number
from bench.plots import plot
from bench.stage import stage
from tests.integration import events

if TYPE_CHECKING:
    from bench.stage import Stage

MILLION = 1e6
# What a start may be of the bare handler's. The sweeper's is nobody's wait.
MOST = {"GetJob": 1.10, "SubmitJob": 1.60, "Worker": 1.60, "Sweeper": None}
WARM = 1.15
# The rate window of a first poll is widened in steps; from here on it is not asked for a while.
SETTLED = 10
POLLS = 10


def measure() -> Findings:
    with stage() as here:
        cold = starts(here)
        bare, poll = polls(here)
    figures = [
        Figure(name=f"{name}.cold", what=told(name), value=cold[name] / cold["bare"], unit="times", most=most)
        for name, most in MOST.items()
    ]
    figures += [
        Figure(name="poll.warm", what="a warm poll, whole", value=poll / bare, unit="times", most=WARM),
        Figure(name="bare.cold", what="the bare handler, cold", value=cold["bare"] / MILLION, unit="M"),
        Figure(name="bare.warm", what="the bare handler, warm", value=bare / MILLION, unit="M"),
    ]
    return Findings(figures=figures, series={"cold": cold, "warm": {"bare": bare, "GetJob": poll}})


def told(name: str) -> str:
    return f"`{name}` cold: from the interpreter's start to its first answer"


def starts(here: Stage) -> dict[str, int]:
    """Instructions to the first answer, by function."""
    poll = here.poll(here.submit())
    asked = {
        "GetJob": poll,
        "SubmitJob": here.submission,
        "Worker": here.wake_ups()[0],
        "Sweeper": events.load("tick"),
    }
    return {"bare": here.bare.cold(poll)} | {name: here.program(name).cold(asked[name]) for name in asked}


def polls(here: Stage) -> tuple[float, float]:
    """Instructions of a warm poll: the bare handler's, and ours."""
    poll = here.poll(here.submit())
    programs = (here.bare, here.program("GetJob"))
    bare, ours = (each.warm([poll] * SETTLED, [poll] * POLLS) for each in programs)
    return bare, ours


def draw(findings: Findings) -> None:
    assert findings.series is not None
    cold = {name: count / MILLION for name, count in findings.series["cold"].items()}
    with plot("starts", "From the interpreter's start to the first answer", height=2.2) as axes:
        bars = axes.barh(list(cold), list(cold.values()))
        axes.bar_label(bars, [f"{number(round(count))}" for count in cold.values()], padding=3)
        axes.invert_yaxis()
        axes.set_xlabel("million instructions")
