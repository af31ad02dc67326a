"""List prices and assumptions, as prices.toml has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """`dollars` buys `per` of `unit`.

    `component` is what it is added up under. `dated` is the date that `source` bears, or on which it was
    read; `via` says what was read where that was not the source itself. `unverified` is a price for which no
    source was found.
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
    """Several `values` where it differs by `key`, else one under the empty key."""

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
        """Dollars for one."""
        return self.prices[name].each

    def assumed(self, name: str, key: str = "") -> float:
        return self.assumptions[name].values[key]

    def assuming(self, **factors: float) -> Book:
        """With some assumptions times a factor: what hangs on them shows in the difference."""
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
