"""The same job, when a third party works on it for a minute: who pays for the waiting?

A handler that waits holds its function's memory. One that looks again holds nothing between its looks, and
pays for each look. Every variant is one way to do it with one backend, with the polls of its client.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from studies.cost.built import worked
from studies.cost.functions import gb_seconds
from studies.cost.usage import Usage, plus, times

if TYPE_CHECKING:
    from studies.cost.backend import Backend, Setup
    from studies.cost.hosted import Around
    from studies.cost.measured import Phase
    from studies.cost.prices import Book


@dataclass(frozen=True, slots=True)
class Variant:
    backend: str
    how: str
    usage: Usage


def variants(
    around: Around, setup: Setup, backends: dict[str, Backend], again: Phase, polls: int
) -> list[Variant]:
    """`again` is one of Claimcheck's looks."""
    added = [*looking(around, setup, again), *holding(around.book, setup)]
    each = [Variant(name, how, plus(backends[name].job(polls), more)) for name, how, more in added]
    return sorted(each, key=lambda variant: list(backends).index(variant.backend))


def looking(around: Around, setup: Setup, again: Phase) -> list[tuple[str, str, Usage]]:
    """The job's own work is its last look: those before it, and the start, come on top."""
    book = around.book
    count = ceil(book.assumed("wait_seconds") / book.assumed("look_every"))
    seconds = book.assumed("look_seconds")
    looked = around.ran(waits=seconds)
    ours = worked(book, setup, again, waits=seconds)
    theirs: dict[str, tuple[str, Usage]] = {
        "Trigger.dev": ("`wait.for` between looks", {"trigger_second": seconds}),
        "Step Functions": ("wait, look, choose, again", plus({"step_functions_transition": 3}, looked)),
        "Durable functions": ("a wait and a step a look", plus({"durable_operation": 2}, looked)),
    }
    each = {"Claimcheck": ("`poll_until`", ours), **theirs}
    # QStash keeps the connection itself, and sends the answer on as another message.
    brought: Usage = {"qstash_message": 1}
    return [
        *((name, how, times(count, look)) for name, (how, look) in each.items()),
        ("QStash", "it calls the third party itself and brings the answer", brought),
    ]


def holding(book: Book, setup: Setup) -> list[tuple[str, str, Usage]]:
    seconds = book.assumed("wait_seconds")
    held = {"lambda_gb_second": gb_seconds(setup.worker_memory, 1000 * seconds)}
    return [
        ("Claimcheck", "the handler waits", held),
        ("Tutorial", "the handler waits", held),
        ("QStash", "the endpoint waits", held),
        ("Cloud Tasks", "the endpoint waits", held),
        ("Trigger.dev", "the run waits", {"trigger_second": seconds}),
    ]
