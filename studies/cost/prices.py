"""List prices and assumptions, read from prices.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`dollars` buys `per` of `unit`.

    `component` is its row in the tables. `dated` is the date of the `source`, or of its reading. `via` names
    what was read instead of the source. An `unverified` price has no source.
    """

    dollars: float
    per: float
    unit: str
    component: str
    source: str = ""
    url: str = ""
    dated: str = ""
    via: str = ""
    unverified: bool = False

    @property
    def each(self) -> float:
        return self.dollars / self.per


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A value by key, or one value under the empty key."""

    values: dict[str, float]
    unit: str
    why: str

    @classmethod
    def read(cls, unit: str, why: str, **values: float) -> Assumption:
        return cls(
            values={"" if name == "value" else name: each for name, each in values.items()},
            unit=unit,
            why=why,
        )


@dataclass(frozen=True, slots=True)
class Book:
    """Every price and assumption, by name."""

    prices: dict[str, Price]
    assumptions: dict[str, Assumption]

    def each(self, name: str) -> float:
        """Return the dollars for one unit."""
        return self.prices[name].each

    def assumed(self, name: str, key: str = "") -> float:
        return self.assumptions[name].values[key]

    def assuming(self, **factors: float) -> Book:
        """Return a book with some assumptions multiplied by a factor."""
        changed = {
            name: replace(found, values={key: value * factors[name] for key, value in found.values.items()})
            for name, found in self.assumptions.items()
            if name in factors
        }
        return Book(self.prices, self.assumptions | changed)


def load(file: Path = FILE) -> Book:
    document: dict[str, dict[str, Any]] = tomllib.loads(file.read_text())
    prices = {name: Price(**each) for name, each in document["price"].items()}
    return Book(prices, {name: Assumption.read(**each) for name, each in document["assume"].items()})
