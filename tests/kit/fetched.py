"""Programs that few tests need, from package registries. Out of reach of these, a test is skipped."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

UVX = ("uv", "tool", "run", "-q")
NPX = ("npx", "-y")


def need(*command: str) -> None:
    """Skip the test unless `command` runs, such as that for a program's version."""
    found = shutil.which(command[0])
    if found is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(
            f"{' '.join(command)} does not run: the program is missing, or its registry is out of reach"
        )


def run(folder: Path, *command: str) -> str:
    """Return what the command prints, to stdout and stderr. Raises: AssertionError."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
