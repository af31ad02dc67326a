"""The tables of docs/cost.md that compare backends, in dollars per million jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import table
from studies.cost.functions import computed, milliseconds
from studies.cost.model import POLLS, TYPICAL
from studies.cost.usage import MILLION, by_component

if TYPE_CHECKING:
    from studies.cost.measured import Lifecycle, Phase
    from studies.cost.model import Model
    from studies.cost.usage import Usage

FACTORS = (0.5, 1, 2)


def money(value: float) -> str:
    """Format dollars to the cent, and never as -$0.00."""
    rounded = round(value, 2) or 0.0
    return f"{'-' if rounded < 0 else ''}${abs(rounded):,.2f}"


def percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %"


def components(model: Model, usage: Usage) -> dict[str, float]:
    """Return dollars per million jobs, by component."""
    return {name: MILLION * value for name, value in by_component(model.book, usage).items()}


def totals(model: Model) -> str:
    ours = model.million(model.claimcheck.job(TYPICAL))
    asked = [f"{polls} polls" if polls != 1 else "1 poll" for polls in POLLS]
    rows = []
    for name, backend in model.backends.items():
        dollars = {polls: model.million(backend.job(polls)) for polls in POLLS}
        rows.append([name, *map(money, dollars.values()), f"{dollars[TYPICAL] / ours:.2f}"])
    return table(["backend", *asked, "relative to Claimcheck, 5 polls"], rows)


def by_backend(model: Model, polls: int = TYPICAL) -> str:
    return split(model, {name: backend.job(polls) for name, backend in model.backends.items()})


def by_batch(model: Model, polls: int = TYPICAL) -> str:
    """Return the cost of jobs that are submitted and polled alone, and together."""
    each = {"one job in a request": model.claimcheck, model.batched.name: model.batched}
    return split(model, {name: backend.job(polls) for name, backend in each.items()})


def by_phase(model: Model) -> str:
    """Return the cost of Claimcheck's submission, work and poll, each once."""
    ours = model.claimcheck
    return split(model, {"the submission": ours.submit, "the work": ours.work, "a poll": ours.poll})


def split(model: Model, usages: dict[str, Usage]) -> str:
    """Return a table with a row per component, a column per usage, and the totals."""
    found = {name: components(model, usage) for name, usage in usages.items()}
    names = dict.fromkeys(price.component for price in model.book.prices.values())
    used = [name for name in names if any(name in each for each in found.values())]
    rows = [[name, *(money(each[name]) if name in each else "" for each in found.values())] for name in used]
    total = ["**total**", *(f"**{money(sum(each.values()))}**" for each in found.values())]
    return table(["", *found], [*rows, total])


def counted(model: Model) -> str:
    return table(["backend", "what is counted"], [[b.name, b.counted] for b in model.backends.values()])


def waits(model: Model) -> str:
    rows = [[each.backend, each.how, money(model.million(each.usage))] for each in model.waits()]
    return table(["backend", "what waits", "with 5 polls"], rows)


def sensitivity(model: Model) -> str:
    """Return each total with Lambda's modelled time halved, as it is, and doubled."""
    variants = [model.with_lambda_time(factor) for factor in FACTORS]
    rows = []
    for name, backend in model.backends.items():
        found = components(model, backend.job(TYPICAL))
        share = percent(found.get("Lambda compute", 0), sum(found.values()))
        each = [money(variant.million(variant.backends[name].job(TYPICAL))) for variant in variants]
        rows.append([name, share, *each])
    return table(["backend", "Lambda compute", "half the time", "as modelled", "twice the time"], rows)


def lambda_times(model: Model) -> str:
    """Return the modelled milliseconds of warm invocations."""
    lifecycles = {"Claimcheck": model.counts, "Tutorial": model.tutorial_counts}
    rows = [row for name, counts in lifecycles.items() for row in _times(model, name, counts)]
    return table(["backend", "", "MB", "instructions", "computing", "waiting for AWS", "billed"], rows)


def _times(model: Model, name: str, counts: Lifecycle) -> list[list[str]]:
    memory = {"the submission": model.setup.api_memory, "the work": model.setup.worker_memory}
    phases = {"the submission": counts.submit, "the work": counts.work, "a poll": counts.poll}
    return [
        [name, what, *_time(model, memory.get(what, model.setup.api_memory), phase)]
        for what, phase in phases.items()
    ]


def _time(model: Model, memory: int, phase: Phase) -> list[str]:
    computing = computed(model.book, memory, phase.instructions)
    billed = milliseconds(model.book, memory, phase.requests, phase.instructions)
    waiting = milliseconds(model.book, memory, phase.requests, 0) - model.book.assumed("invocation_ms")
    millions = f"{phase.instructions / 1e6:.1f} million"
    return [str(memory), millions, f"{computing:.1f} ms", f"{waiting:.0f} ms", f"{billed:.0f} ms"]
