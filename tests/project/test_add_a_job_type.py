"""The how-to on adding a job type, done as it says: its files are written, its requests sent."""

from __future__ import annotations

import importlib
import json
import re
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import handlers
import job_types
from claimcheck.bootstrap import bootstrap
from claimcheck.catalog import load_catalog
from claimcheck.settings import Settings
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/howto/add-a-job-type.md").read_text()
NAME = "column_statistics"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's files, beside those of the project: where the packages look for their modules."""
    for block in blocks("python"):
        if named := re.match(r"# (\S+\.py)\n", block):
            path = tmp_path / named[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)
    for package, folder in (job_types, "layers/job_types/job_types"), (handlers, "functions/worker/handlers"):
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / folder)])
    yield tmp_path
    for package in (job_types, handlers):
        sys.modules.pop(f"{package.__name__}.{NAME}", None)


def world() -> World:
    handle = importlib.import_module(f"handlers.{NAME}").handle
    return World(job_types=list(load_catalog()), handlers={NAME: handle})


def body() -> dict[str, object]:
    (request,) = re.findall(r"-d '(.*)'", PAGE)
    return dict(json.loads(request))


@pytest.mark.usefixtures("added")
def test_two_files_are_all_that_the_catalogue_and_the_worker_need() -> None:
    catalog, engine = load_catalog(), bootstrap(Settings())

    assert NAME in catalog.names
    assert engine.find_handler(NAME) is not None


@pytest.mark.usefixtures("added")
def test_its_request_is_accepted_and_its_result_is_what_a_poll_shows() -> None:
    deployed = world()

    accepted = deployed.request("POST", "/v1/jobs", body())
    deployed.work()
    polled = deployed.request("GET", accepted.json["poll_url"])

    (shown,) = blocks("json")
    assert accepted.status == 202
    assert polled.json["status"] == "completed"
    assert polled.json["result"] == json.loads(shown)["result"]


@pytest.mark.usefixtures("added")
def test_a_wrong_field_is_pointed_at() -> None:
    answer = world().request("POST", "/v1/jobs", body() | {"input": {"table": "a\n1\n", "colunm": "a"}})

    assert answer.status == 422
    assert {error["pointer"] for error in answer.json["errors"]} == {"/input/column", "/input/colunm"}


def test_its_tests_pass(added: Path) -> None:
    tests = runpy.run_path(str(added / f"tests/unit/test_{NAME}.py"))

    promises = [test for name, test in tests.items() if name.startswith("test_")]
    for promise in promises:
        promise()

    assert len(promises) == 2
