"""The same job, when a third party works on it for a minute: who pays for the waiting?

A handler that waits holds its function's memory. One that looks again holds nothing between its looks, and
pays for each look. Every variant is one way to do it with one backend, with the polls of its client.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bench.cost.built import worked
from bench.cost.functions import MB_OF_A_GB
from bench.cost.usage import Usage, plus, times

if TYPE_CHECKING:
    from bench.cost.backend import Backend, Setup
    from bench.cost.hosted import Around
    from bench.cost.measured import Phase
    from bench.cost.prices import Book


@dataclass(frozen=True, slots=True)
class Variant:
    backend: str
    how: str
    usage: Usage


def looks(book: Book) -> int:
    return ceil(book.assumed("wait_seconds") / book.assumed("look_every"))


def held(book: Book, memory: int) -> Usage:
    return {"lambda_gb_second": memory / MB_OF_A_GB * book.assumed("wait_seconds")}


def variants(
    around: Around, setup: Setup, backends: dict[str, Backend], again: Phase, polls: int
) -> list[Variant]:
    book = around.book
    count, look = looks(book), book.assumed("look_seconds")
    held_here = held(book, setup.worker_memory)
    looking = around.ran(waits=look)
    seconds = {"trigger_second": book.assumed("wait_seconds")}
    # The job's own work is its last look: those before it, and the start, come on top.
    added: list[tuple[str, str, Usage]] = [
        ("Claimcheck", "`poll_until`", times(count, worked(book, setup, again, waits=look))),
        ("Claimcheck", "the handler waits", held_here),
        ("Tutorial", "the handler waits", held_here),
        ("QStash", "it calls the third party itself and brings the answer", {"qstash_message": 1}),
        ("QStash", "the endpoint waits", held_here),
        ("Cloud Tasks", "the endpoint waits", held_here),
        ("Trigger.dev", "`wait.for` between looks", {"trigger_second": count * look}),
        ("Trigger.dev", "the run waits", seconds),
        (
            "Step Functions",
            "wait, look, choose, again",
            times(count, plus({"step_functions_transition": 3}, looking)),
        ),
        (
            "Durable functions",
            "a wait and a step a look",
            times(count, plus({"durable_operation": 2}, looking)),
        ),
    ]
    return [Variant(name, how, plus(backends[name].job(polls), more)) for name, how, more in added]
