"""The tables of docs/proof.md."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from bench.pages import table
from studies.proof.promises import SHOWN, Shown, stated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studies.proof.results import Found

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"
NO = "no"


def blocks(found: Found) -> dict[str, str]:
    return {
        "ways": ways(found["explored"], found["soaked"]),
        "promises": promises(found["explored"]["scenarios"]),
        "scenarios": scenarios(found["explored"]["scenarios"]),
        "machines": machines(found),
    }


def ways(explored: Found, soaked: Found) -> str:
    each = explored["scenarios"]
    bounds = f"{_counted(explored['preemptions'], 'preemption')} and {_counted(explored['faults'], 'fault')}"
    histories, states = (_total(each.values(), name) for name in ("histories", "states"))
    head = ["way", "command", "tried, without a violation"]
    explored_in = f"{len(each)} scenarios, each in all its histories with at most {bounds}"
    sampled = f"{soaked['histories']:,} random histories from {len(soaked['seeds'])} seeds"
    calls = f"{soaked['steps']:,} calls, of which {soaked['faults']:,} failed"
    lost = f"{soaked['lost']} wake-ups lost and {soaked['doubled']} doubled"
    rows = [
        ("explored", "`make explore`", f"{explored_in}: {histories} histories through {states} states"),
        ("sampled", "`make soak`", f"{sampled}: {calls}"),
        (
            "on a stack",
            "`make soak`",
            f"{soaked['jobs']} jobs during {soaked['kills']} kills, with {lost}: "
            f"{soaked['writes']:,} writes of jobs",
        ),
    ]
    return table(head, rows)


def promises(explored: Found) -> str:
    rows = [_promise(name, text, SHOWN[name], explored) for name, text in stated().items()]
    return table(["promise", "explored", "sampled", "on a stack", "also, or instead"], rows)


def _promise(name: str, text: str, shown: Shown, explored: Found) -> list[str]:
    sampled, on_the_stack = ("yes" if each else NO for each in (shown.sampled, shown.on_the_stack))
    return [f"**{name}**: {text}", _explored(shown, explored), sampled, on_the_stack, shown.otherwise]


def scenarios(explored: Found) -> str:
    rows = [
        (f"`{name}`", f"{each['histories']:,}", f"{each['states']:,}", f"{each['seconds']:,.1f}")
        for name, each in explored.items()
    ]
    return table(["scenario", "histories", "states", "seconds of a core"], rows)


def machines(found: Found) -> str:
    explored = Counter(_measured(each) for each in found["explored"]["scenarios"].values())
    lines = [f"- Explored: {_counted(n, 'scenario')} with {measured}." for measured, n in explored.items()]
    return "\n".join([*lines, f"- Soaked: {_measured(found['soaked'])}."])


def _measured(numbers: Found) -> str:
    return f"Claimcheck {numbers['version']} on {numbers['machine']}"


def chosen(shown: Shown, explored: Found) -> list[str]:
    """Return the names of the scenarios that can break a promise."""
    named = [name for name in explored if any(fnmatch(name, pattern) for pattern in shown.explored)]
    return [name for name in named if not shown.roles or shown.roles.intersection(explored[name]["roles"])]


def _explored(shown: Shown, explored: Found) -> str:
    names = chosen(shown, explored)
    if not names:
        return NO
    histories = _total((explored[name] for name in names), "histories")
    return f"{_counted(len(names), 'scenario')}, {histories} histories"


def _total(numbers: Iterable[Found], name: str) -> str:
    return f"{sum(each[name] for each in numbers):,}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
