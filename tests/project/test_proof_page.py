"""What docs/proof.md names exists, and nothing that was to be explored is missing there."""

from __future__ import annotations

import json
import re

from claimcheck.domain.job import Job
from tests.exploration.scenarios import SCENARIOS
from tests.kit.deployment import PROJECT

PAGE = (PROJECT / "docs" / "proof.md").read_text()
SECTIONS = dict(section.split("\n", 1) for section in PAGE.split("\n## ")[1:])


def test_the_page_has_the_numbers_of_every_scenario_and_of_no_other() -> None:
    shown = re.findall(r"^\| `(\w+)` \|", SECTIONS["The scenarios"], re.MULTILINE)

    assert sorted(shown) == sorted(each.__name__ for each in SCENARIOS), "run `make explore`"


def test_the_scenarios_that_the_text_names_exist() -> None:
    names = {each.__name__ for each in SCENARIOS} | set(Job._fields)

    assert set(re.findall(r"`(\w+_\w+)`", PAGE)) <= names


def test_the_files_that_the_page_names_exist() -> None:
    files = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))

    assert files
    assert {file for file in files if not (PROJECT / file).exists()} == set()


def test_the_numbers_are_those_of_the_bounds_that_make_explore_has() -> None:
    explored = json.loads((PROJECT / "studies" / "proof" / "results.json").read_text())["explored"]

    assert (explored["preemptions"], explored["faults"]) == (1, 1)
