"""docs/scale.md matches the last simulation, which matches the current engine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from bench import plots
from bench.pages import filled
from studies.growth import page, parameters, results
from studies.growth.load import Load
from studies.growth.scenarios import SCENARIOS

STALE = "run `make simulate`"


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return results.load()


def test_the_results_are_of_the_current_engine(found: dict[str, Any]) -> None:
    assert found["engine"] == json.loads(json.dumps(parameters.engine())), STALE


def test_the_results_are_of_the_current_load_and_deployments(
    found: dict[str, Any],
) -> None:
    deployments = {each.name: asdict(each.deployment) for each in SCENARIOS}

    assert found["load"] == json.loads(json.dumps(asdict(Load(rate=0)))), STALE
    assert {name: day["deployment"] for name, day in found["scenarios"].items()} == deployments, STALE


def test_the_page_matches_the_results(found: dict[str, Any]) -> None:
    text = page.PAGE.read_text()

    assert filled(text, page.blocks(found)) == text, STALE


def test_every_plot_is_in_the_page() -> None:
    text = page.PAGE.read_text()
    drawn = sorted(path.name for path in plots.PLOTS.glob("scale*.svg"))

    assert len(drawn) == 3
    assert all(f"(plots/{name})" in text for name in drawn)


def test_no_day_lost_a_job(found: dict[str, Any]) -> None:
    for name, day in found["scenarios"].items():
        assert day["totals"]["accepted"] == sum(day["ended"].values()) + day["left"], name
