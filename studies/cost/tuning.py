"""The tables of docs/cost.md that are about Claimcheck alone: what to turn, and what that gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import table
from studies.cost.model import POLLS, TYPICAL
from studies.cost.tables import components, money, percent
from studies.cost.usage import MILLION, dollars

if TYPE_CHECKING:
    from studies.cost.model import Model

PATIENT = 2
"""The polls of a client whose `Retry-After` is near the end of the work."""


def typical(model: Model) -> float:
    return model.million(model.claimcheck.job(TYPICAL))


def changes(model: Model) -> dict[str, float]:
    """Dollars for a million jobs with five polls, more or less than as deployed."""
    here = typical(model)
    poll = model.million(model.claimcheck.poll)
    return {
        "`Retry-After` so long that two polls are enough": (PATIENT - TYPICAL) * poll,
        "a callback, and no poll": model.million(model.callback()) - TYPICAL * poll,
        "Function URLs in place of the HTTP API": typical(model.with_setup(api=None)) - here,
        "Lambda's own log lines off": typical(model.assuming(platform_log_bytes=0)) - here,
        "`WorkerBatchSize=10`, and batches that are full": typical(model.with_setup(batch_size=10)) - here,
        "`ApiMemory=256`": typical(model.with_setup(api_memory=256)) - here,
        "`ApiMemory=1024`": typical(model.with_setup(api_memory=1024)) - here,
        "`WorkerMemory=512`": typical(model.with_setup(worker_memory=512)) - here,
        "wake-ups without their org, which is not fair": typical(model.with_setup(fair=False)) - here,
        "an `Idempotency-Key` with every submission": model.million(model.idempotency_key()),
    }


def knobs(model: Model) -> str:
    here = typical(model)
    rows = [[what, money(change), f"{100 * change / here:+.0f} %"] for what, change in changes(model).items()]
    told = model.million(model.callback()) / model.million(model.claimcheck.poll)
    compared = f"A callback costs as much as {told:.1f} polls."
    return f"{table(['change', 'a million jobs', 'of the whole'], rows)}\n\n{compared}"


def function_urls(model: Model) -> str:
    direct = model.with_setup(api=None)
    rows = []
    for polls in POLLS:
        with_api = model.million(model.claimcheck.job(polls))
        without = direct.million(direct.claimcheck.job(polls))
        rows.append([str(polls), money(with_api), money(without), percent(without, with_api)])
    return table(["polls", "HTTP API", "Function URLs", "of it"], rows)


def timers(model: Model) -> str:
    rows = [
        ["Claimcheck, up to 15 minutes ahead", money(0)],
        ["Claimcheck, further ahead", money(model.million(model.far_timer()))],
        ["a one-time schedule of EventBridge Scheduler", money(model.million(model.scheduler_timer()))],
    ]
    return table(["a timer", "a million of them, on top"], rows)


def standing(model: Model) -> str:
    found = {what: dollars(model.book, usage) for what, usage in model.standing().items()}
    whole = sum(found.values())
    rows = [[what, money(value)] for what, value in found.items()]
    million = typical(model)
    total = ["**together**", f"**{money(whole)}**"]
    added = f"Beside a million jobs a month with five polls it adds {percent(whole, million)}."
    return f"{table(['what stands there', 'a month'], [*rows, total])}\n\n{added}"


def summary(model: Model) -> str:
    """The page's first paragraph: what dominates, in sentences."""
    found = components(model, model.claimcheck.job(TYPICAL))
    whole = sum(found.values())
    first, second, third = sorted(found, key=lambda name: -found[name])[:3]
    poll = components(model, model.claimcheck.poll)
    bare = model.million(model.claimcheck.job(0))
    sent = MILLION * dollars(model.book, model.answers(TYPICAL))
    return "\n".join(
        [
            f"A million jobs with five polls cost **{money(whole)}**: {percent(found[first], whole)} of it "
            f"for {_named(first)}, {percent(found[second], whole)} for {_named(second)}, "
            f"{percent(found[third], whole)} for {_named(third)}.",
            f"Without a poll they cost {money(bare)}. Each poll adds {money(sum(poll.values()))} a million, "
            f"{percent(poll['API'], sum(poll.values()))} of it for the API's request.",
            f"Data that leaves AWS is in no table: about {money(sent)} a million jobs, whoever answers.",
        ]
    )


def _named(component: str) -> str:
    told = {"API": "the API", "DynamoDB writes": "DynamoDB's writes", "Logs": "logs"}
    return told.get(component, component)
