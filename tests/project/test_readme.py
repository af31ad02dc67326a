"""README.md is right: its app is the one that `make app` writes, and its requests work."""

from __future__ import annotations

import importlib
import json
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import apps
from claimcheck.build.scaffold import write_app
from claimcheck_client._command.app import app
from tests.kit.deployment import PROJECT
from tests.kit.http_world import served
from tests.kit.world import World

if TYPE_CHECKING:
    from pathlib import Path

README = (PROJECT / "README.md").read_text()
FILES = dict(re.findall(r"^```python\n# apps/greeting/(\S+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE))


def test_it_shows_the_app_that_make_app_writes(tmp_path: Path) -> None:
    write_app(tmp_path, "greeting")

    assert len(FILES) == 2
    for place, shown in FILES.items():
        assert (tmp_path / "greeting" / place).read_text().partition("\n\n")[2] == shown


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    write_app(tmp_path, "greeting")
    monkeypatch.setattr(apps, "__path__", [*apps.__path__, str(tmp_path)])
    handle = importlib.import_module("apps.greeting.handlers.greeting").handle
    job_type = importlib.import_module("apps.greeting.job_types.greeting").JOB_TYPE
    # The worker of `served` runs in a thread, where no signal can stop a handler.
    return World(job_types=[job_type], handlers={"greeting": handle}, timer=lambda duration: nullcontext())


def test_its_command_prints_what_it_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    [command] = re.findall(r"^\.venv/bin/claimcheck (run .*)$", README, re.MULTILINE)
    [promised] = re.findall(r"It prints `(.*)`", README)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    with served(world, after_each=world.work) as url:
        monkeypatch.setenv("CLAIMCHECK_URL", url)
        monkeypatch.setenv("CLAIMCHECK_KEY", world.acme)
        done = CliRunner().invoke(app, command.split())

    printed = done.stdout[done.stdout.index("{\n") :]  # after the logs of the world
    assert (done.exit_code, json.loads(printed)) == (0, json.loads(promised))


def test_its_request_is_accepted_and_completed_as_it_says(world: World) -> None:
    [body] = re.findall(r"-d '(.*)'", README)

    accepted = world.request("POST", "/v1/jobs", json.loads(body))
    world.work()
    polled = world.request("GET", accepted.headers["Location"])

    assert (accepted.status, accepted.json["status"]) == (202, "pending")
    answered = re.findall(r'`("status": "completed", "result": .*?)`', README)
    assert [{"status": polled.json["status"], "result": polled.json["result"]}] == [
        json.loads("{" + each + "}") for each in answered
    ]


def test_it_is_read_in_a_minute() -> None:
    assert len(README.splitlines()) < 200


def test_its_costs_are_those_of_the_page() -> None:
    page = (PROJECT / "docs" / "cost.md").read_text()
    totals = page.split("<!-- totals -->")[1].split("<!-- /totals -->")[0]
    [row] = [line for line in README.splitlines() if line.startswith("| a million jobs")]

    reported = re.findall(r"\$[\d.]+", row)
    assert len(reported) == 5
    assert [dollars for dollars in reported if f"| {dollars} |" not in totals] == []


def test_its_start_is_that_of_the_benchmarks() -> None:
    page = (PROJECT / "docs" / "benchmarks.md").read_text()
    [measured] = re.findall(r"^\| `GetJob` cold: .*? \| ([\d.]+) times", page, re.MULTILINE)
    [reported] = re.findall(r"\[([\d.]+) times\]", README)

    assert round(float(measured), 2) == float(reported)
