"""The results of the last run, stored in results.json. The page and its plots are made from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from studies.growth import parameters
from studies.growth.load import Load

FILE = Path(__file__).with_name("results.json")


def document(scenarios: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the results together with the engine's values and the load."""
    found = {"engine": parameters.engine(), "load": asdict(Load(rate=0)), "scenarios": scenarios}
    # Convert keys and tuples to what `load` returns.
    read_back: dict[str, Any] = json.loads(json.dumps(found))
    return read_back


def save(found: dict[str, Any]) -> None:
    FILE.write_text(json.dumps(found, separators=(",", ":")).replace('"minutes"', '\n"minutes"') + "\n")


def load() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found
