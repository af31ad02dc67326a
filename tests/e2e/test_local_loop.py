"""`make dev` and `make up` in a working copy: edits are live in seconds, and data and keys stay."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from local import STATE, deploy
from local.ministack import prepare_runtime
from tests.kit.client import Client, eventually
from tests.kit.deployed_stack import PROJECT, with_added_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = 240.0  # seconds on a busy machine; about 15 on an idle one
# `sam build` and `sam deploy` would take longer on any machine on which an edit takes this long.
EDIT = 60.0
# Longer than two saves of the state, and until MiniStack has been killed.
AHEAD = 40.0
HANDLER = "apps/added/handlers/echo.py"
# The check of apps finds an import statement, and would stop this.
IMPORTS_WHAT_SHIPS_NOT = """
import importlib

def handle(given, job):
    importlib.import_module("httpx")
"""


class WorkingCopy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        # A shell lets its background commands ignore Ctrl-C, and a child would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        environ = os.environ | {"PYTHONPATH": f"{self.folder / 'layers/engine'}{os.pathsep}{self.folder}"}
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "local", *command],
                cwd=self.folder,
                env=environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def run(self, command: str) -> str:
        assert self.start(command).wait(START) == 0, self.printed
        return self.printed

    @property
    def printed(self) -> str:
        return self.output.read_text()

    def shows(self, text: str, within: float) -> None:
        eventually(lambda: text in self.printed, within, f"{text!r} in:\n{self.printed}")

    def client(self) -> Client:
        """Return a client with the URL and the key that the command printed."""
        [line] = [each for each in self.printed.splitlines() if each.startswith("export ")]
        values = dict(each.split("=") for each in line.removeprefix("export ").split())
        return Client(values["URL"], values["KEY"])

    def edit(self, old: str, new: str) -> None:
        handler = self.folder / HANDLER
        text = handler.read_text()
        assert old in text
        handler.write_text(text.replace(old, new))


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[WorkingCopy]:
    (tmp_path / "copy").mkdir()
    folder = with_added_app(tmp_path / "copy")
    for name in ("local",):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(PROJECT / name, folder / name)
    # As if it was built before: other tests deploy the same. What the test changes is built here.
    built = deploy.build(folder, STATE / "builds", tmp_path / "build.log").parents[1]
    shutil.copytree(built, folder / ".local/builds" / built.name)
    python = prepare_runtime().parents[1]
    (folder / ".local" / python.name).symlink_to(python)
    copy = WorkingCopy(folder)
    yield copy
    copy.run("down")


def up(copy: WorkingCopy) -> Client:
    copy.run("up")
    return copy.client()


def ended(client: Client, job_id: str, within: float) -> dict[str, Any]:
    """Wait for a job's end, with fewer requests than the key may send in a minute."""

    def look() -> dict[str, Any] | None:
        job = client.job(job_id)
        return job if "ended_at" in job else None

    return eventually(look, within, "the job's end", every=1) or {}


def echoed(client: Client, text: str) -> str:
    job = ended(client, client.submit("echo", {"text": text}), EDIT)
    return str(job["result"]["text"] if "result" in job else job["error"]["code"])


def test_edits_are_live_in_seconds_and_data_outlive_the_stack(copy: WorkingCopy) -> None:
    dev = copy.start("dev")
    copy.shows("Ctrl-C stops the stack", START)
    with closing(copy.client()) as client:
        first = client.submit("echo", {"text": "a"})
        assert ended(client, first, EDIT)["result"]["text"] == "a"
        copy.shows(f"job ended  job_id={first}", EDIT)

        copy.edit("input.text", "input.text.upper()")
        saved = time.monotonic()
        eventually(lambda: echoed(client, "a") == "A", EDIT, "a job with the new code")
        print(f"live {time.monotonic() - saved:.1f} s after it was saved")

        copy.edit("return", "return (")
        copy.shows("SyntaxError", EDIT)
        assert f"{HANDLER}:7: " in copy.printed
        assert echoed(client, "a") == "A"

        copy.edit("return (", "return")
        copy.edit("upper()", "title()")
        eventually(lambda: echoed(client, "ab") == "Ab", EDIT, "a job with the repaired code")

    dev.send_signal(signal.SIGINT)
    assert dev.wait(EDIT) == 0
    assert "The stack is stopped." in copy.printed
    copy.edit("title()", "swapcase()")
    copy.run("up")

    [console] = re.findall(r"The console +(\S+)", copy.printed)
    with closing(copy.client()) as again:
        choice = f"<option>{str(again.http.base_url).rstrip('/')}</option>"
        assert choice in httpx.get(console, trust_env=False).text
        assert again.http.headers["Authorization"] == client.http.headers["Authorization"]
        assert again.job(first)["result"]["text"] == "a"
        assert echoed(again, "a") == "A"

        template = copy.folder / "template.yaml"
        template.write_text(template.read_text().replace("Default: 512", "Default: 513"))
        assert "sam deploy" in copy.run("up")
        assert again.job(first)["result"]["text"] == "a"
        assert echoed(again, "a") == "A"

        handler = copy.folder / HANDLER
        working = handler.read_text()
        handler.write_text(IMPORTS_WHAT_SHIPS_NOT)
        copy.run("up")
        again.submit("echo", {"text": "a"})
        # Its first attempt says so. The last comes a minute later.
        eventually(lambda: "No module named 'httpx'" in copy.run("logs"), EDIT, "the reason", every=2)
        handler.write_text(working)

        run_at = datetime.now(UTC) + timedelta(seconds=AHEAD)
        kept = again.submit("echo", {"text": "kept"}, run_at=run_at.isoformat())
    # The job, and its wake-up: without that, it would be swept a minute later.
    states = [copy.folder / ".local/data/state" / name for name in ("dynamodb.json", "sqs.json")]
    eventually(lambda: all(kept in state.read_text() for state in states), EDIT, "the job on the disk")
    group = json.loads((copy.folder / ".local/stack.json").read_text())["process_groups"]["ministack"]
    os.killpg(group, signal.SIGKILL)

    with closing(up(copy)) as client:
        assert ended(client, kept, EDIT)["status"] == "completed"
