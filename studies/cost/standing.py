"""What stands there every month, whether a job comes or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.ports import SHARDS
from studies.cost.functions import invocation
from studies.cost.usage import Usage, plus, times
from tests.kit.deployment import properties

if TYPE_CHECKING:
    from studies.cost.backend import Setup
    from studies.cost.prices import Book

POLL = 20
"""Seconds of a long poll, at most (Amazon SQS API Reference, ReceiveMessage)."""
EMPTY_QUERY = 0.5
"""Read units of an eventually consistent query that finds nothing: an index has no other."""


def month(book: Book, setup: Setup, instructions: float) -> dict[str, Usage]:
    """By what stands there, for one job type. `instructions` are those of one query, about a poll's."""
    hours = book.assumed("month_hours")
    receives = book.assumed("idle_pollers") * hours * 3600 / POLL
    return {
        "the sweeper, every minute": times(hours * 60, sweep(book, instructions)),
        "Lambda's polls of the idle queue": {"sqs_request": receives},
        "the metrics of one job type": {"metric_month": book.assumed("metrics")},
        "the alarm": {"alarm_month": 1},
    }


def sweep(book: Book, instructions: float) -> Usage:
    """A tick that finds nothing: a query for each shard, as if one after the other."""
    memory = properties("Sweeper")["MemorySize"]
    ran = invocation(book, memory, {"dynamodb.Query": SHARDS}, SHARDS * instructions)
    return plus({"scheduler_invocation": 1, "dynamodb_read": SHARDS * EMPTY_QUERY}, ran)
