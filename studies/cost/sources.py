"""The tables of docs/cost.md with the sources of prices and assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import number, table

if TYPE_CHECKING:
    from studies.cost.prices import Assumption, Book, Price


def prices(book: Book) -> str:
    rows = [
        [_dollars(price.dollars), _unit(price), _source(price), price.dated] for price in book.prices.values()
    ]
    return table(["price", "unit", "source", "dated"], rows)


def assumptions(book: Book) -> str:
    rows = [[_value(each), each.unit, each.why] for each in book.assumptions.values()]
    return table(["value", "assumption", "reason"], rows)


def _dollars(value: float) -> str:
    """Format dollars with at least two decimals: $3.50, $0.0000133334."""
    whole, _, part = f"{value:.10f}".rstrip("0").partition(".")
    return f"${whole}.{part:0<2}"


def _unit(price: Price) -> str:
    return price.unit if price.per == 1 else f"{price.per:,.0f} {price.unit}"


def _source(price: Price) -> str:
    if price.unverified:
        return "**not verified**"
    via = f" (read in {price.via})" if price.via else ""
    return f"[{price.source}]({price.url}){via}"


def _value(assumption: Assumption) -> str:
    if "" in assumption.values:
        return number(assumption.values[""])
    return ", ".join(f"{name} {number(value)}" for name, value in assumption.values.items())
