"""The plots of docs/cost.md: dollars by component, and dollars by polls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.plots import plot
from studies.cost.model import POLLS, TYPICAL
from studies.cost.tables import components

if TYPE_CHECKING:
    from studies.cost.model import Model

# Merged, because they are thin, and there are only eight colours.
TOGETHER = {"DynamoDB reads": "DynamoDB reads, storage", "DynamoDB storage": "DynamoDB reads, storage"}
MOST_POLLS = max(POLLS)
BESIDE: dict[str, Any] = {"frameon": False, "loc": "center left", "bbox_to_anchor": (1, 0.5)}


def stacks(model: Model) -> dict[str, dict[str, float]]:
    """Return dollars per million jobs with five polls, by component, then by backend."""
    found: dict[str, dict[str, float]] = {}
    for name, backend in model.backends.items():
        for component, value in components(model, backend.job(TYPICAL)).items():
            stack = found.setdefault(TOGETHER.get(component, component), dict.fromkeys(model.backends, 0.0))
            stack[name] += value
    return found


def lines(model: Model) -> dict[str, list[float]]:
    """Return dollars per million jobs, by backend, for each number of polls."""
    return {
        name: [model.million(backend.job(polls)) for polls in range(MOST_POLLS + 1)]
        for name, backend in model.backends.items()
    }


def draw(model: Model) -> None:
    draw_stacks(stacks(model))
    draw_lines(lines(model))


def draw_stacks(found: dict[str, dict[str, float]]) -> None:
    with plot("cost", "Dollars for a million jobs with five polls") as axes:
        left: dict[str, float] = {}
        for component, stack in found.items():
            axes.barh(
                list(stack), list(stack.values()), left=[left.get(name, 0) for name in stack], label=component
            )
            left = {name: left.get(name, 0) + value for name, value in stack.items()}
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.legend(**BESIDE)


def draw_lines(found: dict[str, list[float]]) -> None:
    with plot("cost-polls", "Dollars for a million jobs, by polls") as axes:
        for name, values in found.items():
            ours = name == "Claimcheck"
            axes.plot(range(len(values)), values, label=name, linewidth=2.5 if ours else 1.2)
        axes.set_xlabel("polls")
        axes.set_ylim(bottom=0)
        axes.set_xlim(0, MOST_POLLS)
        axes.set_xticks(range(0, MOST_POLLS + 1, TYPICAL))
        axes.legend(**BESIDE)
