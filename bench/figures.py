"""Measured figures and their limits, stored in figures.json."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, asdict, dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("figures.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    `name` is unique within its section. `what` is its description on the page, in Markdown. `most` is its
    limit, or None. A `kept` figure is the same on every machine: a test fails if it grows.
    """

    name: str
    what: str
    value: float
    _: KW_ONLY
    unit: str = ""
    most: float | None = None
    kept: bool = False

    @property
    def holds(self) -> bool:
        return self.most is None or self.value <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A section's figures, the machine that measured them, and the data of its plots."""

    figures: list[Figure]
    machine: str = ""
    series: dict[str, Any] | None = None

    def value(self, name: str) -> float:
        return next(figure.value for figure in self.figures if figure.name == name)


def load() -> dict[str, Findings]:
    """Return the findings by section. Empty before the first run."""
    if not FILE.exists():
        return {}
    return {
        section: Findings(**{**found, "figures": [Figure(**each) for each in found["figures"]]})
        for section, found in json.loads(FILE.read_text()).items()
    }


def save(found: dict[str, Findings]) -> None:
    document = {section: asdict(findings) for section, findings in sorted(found.items())}
    FILE.write_text(json.dumps(document, indent=1) + "\n")
