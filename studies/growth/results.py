"""What the last run found, kept in results.json: the page and its plots are made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from studies.growth import parameters
from studies.growth.load import Load, recorded

FILE = Path(__file__).with_name("results.json")


def document(scenarios: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """With what it is about: engine, load and deployments as they were."""
    found = {"engine": parameters.engine(), "load": recorded(Load(rate=0)), "scenarios": scenarios}
    # As it is read back.
    read_back: dict[str, Any] = json.loads(json.dumps(found))
    return read_back


def save(found: dict[str, Any]) -> None:
    FILE.write_text(json.dumps(found, separators=(",", ":")).replace('"minutes"', '\n"minutes"') + "\n")


def load() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found
