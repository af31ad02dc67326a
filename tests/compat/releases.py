"""The released versions: their rows, and the code of the last one."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
ROWS = sorted((Path(__file__).parent / "rows").glob("*.json"))
# The commit of the last release: a deploy meets its rows, and a rollback brings its code back.
FORMER = "4f696355b6ed40594e5f2028ee3f84e85bf8f480"


def need_history() -> None:
    """Skip the test if this clone does not have the last release."""
    known = subprocess.run(["git", "cat-file", "-e", FORMER], cwd=PROJECT, capture_output=True)
    if known.returncode:
        pytest.skip(f"this clone's history does not have the last release, {FORMER[:7]}")


def unpack_former(folder: Path) -> Path:
    """Write the files of the last release to `folder`."""
    need_history()
    archive = subprocess.run(
        ["git", "archive", "--format=zip", FORMER], cwd=PROJECT, capture_output=True, check=True
    ).stdout
    with ZipFile(BytesIO(archive)) as files:
        files.extractall(folder)
    return folder


def run(command: list[str | Path], folder: Path) -> str:
    """Run a command with the Python code of `folder`, and return what it says."""
    if command[0] == "python":
        command = [sys.executable, *command[1:]]
    environ = os.environ | {
        "PYTHONPATH": f"{folder}/layers/engine:{folder}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "a team",
        "GIT_AUTHOR_EMAIL": "team@example.com",
        "GIT_COMMITTER_NAME": "a team",
        "GIT_COMMITTER_EMAIL": "team@example.com",
    }
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout
