"""The fixed costs of a month, without any jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.ports import SHARDS
from studies.cost.functions import invocation
from studies.cost.usage import Usage, plus, times
from tests.kit.deployment import RESOURCES, properties

if TYPE_CHECKING:
    from studies.cost.backend import Setup
    from studies.cost.prices import Book

POLL = 20
"""The longest long poll, in seconds (Amazon SQS API Reference, ReceiveMessage)."""
EMPTY_QUERY = 0.5
"""Read units of a query that finds nothing. Queries of an index are always eventually consistent."""


def month(book: Book, setup: Setup, instructions: float) -> dict[str, Usage]:
    """Return the usage of each fixed cost, for one job type. `instructions` are those of one query."""
    hours = book.assumed("month_hours")
    receives = book.assumed("idle_pollers") * hours * 3600 / POLL
    return {
        "the sweeper, every minute": times(hours * 60, sweep(book, instructions)),
        "Lambda's polls of the idle queue": {"sqs_request": receives},
        "the metrics of one job type": {"metric_month": book.assumed("metrics")},
        "the alarms": {"alarm_month": _count("Alarm")},
        "the dashboard": {"dashboard_month": _count("Dashboard")},
    }


def _count(kind: str) -> int:
    return sum(each["Type"] == f"AWS::CloudWatch::{kind}" for each in RESOURCES.values())


def sweep(book: Book, instructions: float) -> Usage:
    """Return the usage of a sweep that finds nothing: one query per shard, one after the other."""
    memory = properties("Sweeper")["MemorySize"]
    ran = invocation(book, memory, {"dynamodb.Query": SHARDS}, SHARDS * instructions)
    return plus({"scheduler_invocation": 1, "dynamodb_read": SHARDS * EMPTY_QUERY}, ran)
