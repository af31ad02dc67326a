"""The bill of a Lambda invocation. Its time cannot be measured outside AWS, so it is modelled.

billed ms = runtime + instructions / instructions per ms of the memory's share of a CPU
          + requests x ms per request + the share of cold starts x INIT
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from studies.cost.usage import GB, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studies.cost.prices import Book

MB_OF_A_GB = 1024


def invocation(
    book: Book, memory: int, requests: Mapping[str, float], instructions: float, *, waits: float = 0
) -> Usage:
    """Return the usage of one invocation.

    `requests` are by operation (`dynamodb.GetItem`), or by another name that ms_per_request has. `waits` is
    the handler's own waiting, in seconds. `memory` is in MB.
    """
    billed = milliseconds(book, memory, requests, instructions) + 1000 * waits
    cold = book.assumed("cold_share") * book.assumed("init_ms")
    # Lambda logs no line for an invocation that succeeds (SystemLogLevel WARN), for any implementation.
    return {"lambda_request": 1, "lambda_gb_second": gb_seconds(memory, billed + cold)}


def milliseconds(book: Book, memory: int, requests: Mapping[str, float], instructions: float) -> float:
    """Return the billed milliseconds of a warm invocation, rounded up (AWS Lambda Pricing)."""
    waited = sum(
        count * book.assumed("ms_per_request", operation.partition(".")[0])
        for operation, count in requests.items()
    )
    return ceil(book.assumed("invocation_ms") + computed(book, memory, instructions) + waited)


def computed(book: Book, memory: int, instructions: float) -> float:
    """Return the milliseconds that a thread needs for its instructions. One thread has at most one CPU."""
    share = min(memory / book.assumed("vcpu_mb"), 1)
    return 1000 * instructions / (share * book.assumed("instructions_per_second"))


def gb_seconds(memory: int, billed: float) -> float:
    return memory / MB_OF_A_GB * billed / 1000


def logged(book: Book, amount: float) -> Usage:
    """Return the usage of ingesting and storing `amount` bytes of logs."""
    days = book.assumed("log_days")
    return {"log_gb": amount / GB, "log_gb_month": amount / GB * days * 24 / book.assumed("month_hours")}
