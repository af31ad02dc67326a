"""The tables of docs/cost.md, made from the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studies.cost import sources, tables, tuning
from studies.cost.model import POLLS, TYPICAL

if TYPE_CHECKING:
    from studies.cost.model import Model

PAGE = Path(__file__).parents[2] / "docs" / "cost.md"


def blocks(model: Model) -> dict[str, str]:
    """Return the page's blocks by the names of their marks."""
    return {
        "summary": tuning.summary(model),
        "totals": tables.totals(model),
        "components": tables.by_backend(model),
        **{f"components-{polls}": tables.by_backend(model, polls) for polls in POLLS if polls != TYPICAL},
        "counted": tables.counted(model),
        "batch": tables.by_batch(model),
        "phases": tables.by_phase(model),
        "knobs": tuning.knobs(model),
        "function-urls": tuning.function_urls(model),
        "waits": tables.waits(model),
        "timers": tuning.timers(model),
        "standing": tuning.standing(model),
        "lambda-times": tables.lambda_times(model),
        "sensitivity": tables.sensitivity(model),
        "assumptions": sources.assumptions(model.book),
        "prices": sources.prices(model.book),
    }
