"""docs/proof.md shows the numbers of the last runs, for every promise of docs/design.md."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from bench.pages import filled
from claimcheck import __version__
from studies.proof import page, promises, results

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_page_matches_the_results() -> None:
    text = page.PAGE.read_text()

    assert filled(text, page.blocks(results.load())) == text, "run `python -m studies.proof`"


def test_every_promise_of_the_design_is_on_the_page() -> None:
    section = promises.DESIGN.read_text().split("\n## Invariants\n")[1].split("\n## ")[0]
    items = re.findall(r"^(?:\d+\.|-) (.*)", section, re.MULTILINE)

    assert len(items) == len(promises.stated()), "an invariant starts with its **name** and a colon"
    assert set(promises.stated()) == set(promises.SHOWN)


def test_every_pattern_matches_a_scenario() -> None:
    names = results.load()["explored"]["scenarios"]

    for name, shown in promises.SHOWN.items():
        for pattern in shown.explored:
            assert page.chosen(promises.Shown((pattern,)), names), f"{name}: no scenario is called {pattern}"


def test_a_promise_that_is_not_shown_in_a_way_says_what_tries_it_instead() -> None:
    lacking = [name for name, shown in promises.SHOWN.items() if not (shown.explored and shown.sampled)]

    assert [name for name in lacking if not promises.SHOWN[name].otherwise] == []


def test_a_scenario_says_with_which_version_it_was_explored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {"histories": 1, "states": 1, "seconds": 0.1}
    old = numbers | {"version": "0.1.0", "machine": "another"}
    found = {"preemptions": 1, "faults": 1, "scenarios": {"a": numbers, "b": None, "c": None}}
    (tmp_path / "explored.json").write_text(json.dumps(found))
    monkeypatch.setattr(results, "LOCAL", tmp_path)

    explored = results.explored({"scenarios": {"a": old, "b": old, "gone": old}})
    lines = page.machines({"explored": explored, "soaked": old}).splitlines()

    assert list(explored["scenarios"]) == ["a", "b"]
    assert explored["scenarios"]["b"] == old
    assert lines[0].startswith(f"- Explored: 1 scenario with Claimcheck {__version__} on ")
    assert lines[1] == "- Explored: 1 scenario with Claimcheck 0.1.0 on another."
