"""The cost of a job on which a third party works for a minute.

A handler that waits pays for its function's memory all that time. A handler that looks again pays for each
look, and nothing in between. Each variant is one way of one backend, with the client's polls.
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
    """Return every variant. `again` is one of Claimcheck's looks."""
    added = [*looking(around, setup, again), *holding(around.book, setup)]
    each = [Variant(name, how, plus(backends[name].job(polls), more)) for name, how, more in added]
    return sorted(each, key=lambda variant: list(backends).index(variant.backend))


def looking(around: Around, setup: Setup, again: Phase) -> list[tuple[str, str, Usage]]:
    """Return the looks before the last, and the start. The job's own work is the last look."""
    book = around.book
    count = ceil(book.assumed("wait_seconds") / book.assumed("look_every"))
    seconds = book.assumed("look_seconds")
    looked = around.ran(waits=seconds)
    ours = worked(book, setup, again, waits=seconds)
    theirs: dict[str, tuple[str, Usage]] = {
        "Trigger.dev": ("`wait.for` between looks", {"trigger_second": seconds}),
        "Step Functions": (
            "a wait, a look and a choice, repeated",
            plus({"step_functions_transition": 3}, looked),
        ),
        "Durable functions": ("a wait and a step per look", plus({"durable_operation": 2}, looked)),
    }
    each = {"Claimcheck": ("`poll_until`", ours), **theirs}
    # QStash holds the connection itself, and sends the response as another message.
    brought: Usage = {"qstash_message": 1}
    return [
        *((name, how, times(count, look)) for name, (how, look) in each.items()),
        ("QStash", "QStash calls the third party itself and delivers the response", brought),
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
