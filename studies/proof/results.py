"""What was explored and soaked last, stored in results.json. The page is made from it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench import machine
from claimcheck import __version__

FILE = Path(__file__).with_name("results.json")
LOCAL = Path(__file__).parents[2] / ".local"
# The properties of tests that count what was tried. Hypothesis records others.
TRIED = ("histories", "steps", "faults", "jobs", "kills", "lost", "doubled", "writes")
Found = dict[str, Any]


def load() -> Found:
    found: Found = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def save(found: Found) -> None:
    FILE.write_text(json.dumps(found, indent=1) + "\n")


def explored(before: Found) -> Found:
    """Return what `make explore` found. Scenarios that it did not explore keep their numbers."""
    found: Found = json.loads((LOCAL / "explored.json").read_text())
    measured = _measured()
    new = {name: numbers | measured for name, numbers in found["scenarios"].items() if numbers}
    known = before.get("scenarios", {}) | new
    return found | {"scenarios": {name: known[name] for name in found["scenarios"] if name in known}}


def soaked(before: Found) -> Found:
    """Return what the tests of `make soak` counted."""
    tried = Counter(dict.fromkeys(TRIED, 0))
    files = sorted((LOCAL / "soak").glob("*.xml"))
    for file in files:
        for each in ElementTree.parse(file).iter("property"):  # noqa: S314 - pytest has just written it
            if each.attrib["name"] in TRIED:
                tried[each.attrib["name"]] += int(each.attrib["value"])
    seeds = [int(file.stem) for file in files if file.stem.isdigit()]
    return dict(tried) | _measured() | {"seeds": seeds}


def _measured() -> Found:
    return {"version": __version__, "machine": machine.describe()}
