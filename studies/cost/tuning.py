"""The tables of docs/cost.md about Claimcheck alone: what a change of parameters saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import table
from studies.cost.model import POLLS, TYPICAL
from studies.cost.tables import components, money, percent
from studies.cost.usage import MILLION, dollars

if TYPE_CHECKING:
    from studies.cost.model import Model

PATIENT = 2
"""Polls of a client whose `Retry-After` is close to the duration of the work."""


def typical(model: Model) -> float:
    return model.million(model.claimcheck.job(TYPICAL))


def changes(model: Model) -> dict[str, float]:
    """Return each change's difference in dollars, for a million jobs with five polls."""
    here = typical(model)
    poll = model.million(model.claimcheck.poll)
    return {
        "a `Retry-After` with which two polls are enough": (PATIENT - TYPICAL) * poll,
        "a callback instead of polls": model.million(model.callback()) - TYPICAL * poll,
        "Function URLs instead of the HTTP API": typical(model.with_setup(api=None)) - here,
        "`WorkerBatchSize=10`, with full batches": typical(model.with_setup(batch_size=10)) - here,
        "`ApiMemory=256`": typical(model.with_setup(api_memory=256)) - here,
        "`ApiMemory=1024`": typical(model.with_setup(api_memory=1024)) - here,
        "`WorkerMemory=512`": typical(model.with_setup(worker_memory=512)) - here,
        "wake-ups without a message group (not fair between orgs)": typical(model.with_setup(fair=False))
        - here,
        "an `Idempotency-Key` with every submission": model.million(model.idempotency_key()),
        "a flow that lets each job start at once": model.million(model.flow()),
        "a flow in whose line each job waits, as with a `rate`": model.million(model.line()),
    }


def knobs(model: Model) -> str:
    here = typical(model)
    rows = [[what, money(change), f"{100 * change / here:+.0f} %"] for what, change in changes(model).items()]
    polls = model.million(model.callback()) / model.million(model.claimcheck.poll)
    compared = f"A callback costs as much as {polls:.1f} polls."
    return f"{table(['change', 'per million jobs', 'of the total'], rows)}\n\n{compared}"


def function_urls(model: Model) -> str:
    direct = model.with_setup(api=None)
    rows = []
    for polls in POLLS:
        with_api = model.million(model.claimcheck.job(polls))
        without = direct.million(direct.claimcheck.job(polls))
        rows.append([str(polls), money(with_api), money(without), percent(without, with_api)])
    return table(["polls", "HTTP API", "Function URLs", "Function URLs relative to HTTP API"], rows)


def timers(model: Model) -> str:
    rows = [
        ["Claimcheck, up to 15 minutes ahead", money(0)],
        ["Claimcheck, more than 15 minutes ahead", money(model.million(model.far_timer()))],
        ["a one-time schedule of EventBridge Scheduler", money(model.million(model.scheduler_timer()))],
    ]
    return table(["timer", "added per million jobs"], rows)


def standing(model: Model) -> str:
    found = {what: dollars(model.book, usage) for what, usage in model.standing().items()}
    whole = sum(found.values())
    rows = [[what, money(value)] for what, value in found.items()]
    million = typical(model)
    total = ["**total**", f"**{money(whole)}**"]
    added = f"That is {percent(whole, million)} of the cost of a million jobs a month with five polls."
    return f"{table(['fixed cost', 'per month'], [*rows, total])}\n\n{added}"


def summary(model: Model) -> str:
    """Return the sentences that summarise the page."""
    found = components(model, model.claimcheck.job(TYPICAL))
    whole = sum(found.values())
    first, second, third = sorted(found, key=lambda name: -found[name])[:3]
    poll = components(model, model.claimcheck.poll)
    bare = model.million(model.claimcheck.job(0))
    sent = MILLION * dollars(model.book, model.answers(TYPICAL))
    return "\n".join(
        [
            f"A million jobs with five polls cost **{money(whole)}**: {percent(found[first], whole)} is "
            f"{_named(first)}, {percent(found[second], whole)} {_named(second)}, "
            f"{percent(found[third], whole)} {_named(third)}.",
            f"Without polls they cost {money(bare)}. Each poll adds {money(sum(poll.values()))} per million "
            f"jobs, {percent(poll['API'], sum(poll.values()))} of it for the API request.",
            f"No table includes data transfer out of AWS: about {money(sent)} per million jobs, with every "
            "backend.",
        ]
    )


def _named(component: str) -> str:
    return {"API": "the API", "Logs": "logs"}.get(component, component)
