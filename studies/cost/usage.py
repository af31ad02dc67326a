"""Usage by the name of its price, and its cost in dollars."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studies.cost.prices import Book

MILLION = 1_000_000
# AWS bills logs and transfer in decimal GB.
GB = 1_000_000_000

Usage = dict[str, float]


def plus(*usages: Mapping[str, float]) -> Usage:
    total: Usage = defaultdict(float)
    for usage in usages:
        for name, quantity in usage.items():
            total[name] += quantity
    return dict(total)


def times(factor: float, usage: Mapping[str, float]) -> Usage:
    return {name: factor * quantity for name, quantity in usage.items()}


def dollars(book: Book, usage: Mapping[str, float]) -> float:
    return sum(quantity * book.each(name) for name, quantity in usage.items())


def by_component(book: Book, usage: Mapping[str, float]) -> dict[str, float]:
    """Return the dollars of each component that has a cost, in the order of the prices."""
    found: dict[str, float] = {}
    for name, price in book.prices.items():
        if usage.get(name):
            found[price.component] = found.get(price.component, 0) + usage[name] * price.each
    return found
