"""The built package. Its tests are skipped without Node, npm, or npm's registry."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from local.process import alone

PACKAGE = Path(__file__).parents[1]
BUILD = PACKAGE / "build"
# Written when everything has compiled, with the time at which that began.
BUILT = BUILD / "built"
UNREACHABLE = re.compile(
    r"npm (?:error|ERR!) code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH)"
)


def build() -> None:
    """Install the pinned tools and compile what has changed, one process at a time.

    Skips the test where it cannot.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"there is no {program} here")
    with alone(BUILD / "lock"):
        if not _is_installed():
            _install()
        if not _is_compiled():
            began = time.time()
            done = run("node_modules/.bin/tsc")
            assert done.returncode == 0, done.stdout
            BUILT.touch()
            os.utime(BUILT, (began, began))


def _is_installed() -> bool:
    """npm writes the second file when it has installed the first."""
    wanted, found = PACKAGE / "package-lock.json", PACKAGE / "node_modules/.package-lock.json"
    return found.exists() and found.stat().st_mtime >= wanted.stat().st_mtime


def _is_compiled() -> bool:
    """A file that is deleted changes the time of its folder."""
    sources = [PACKAGE / "src", PACKAGE / "tests", *PACKAGE.glob("*/*.ts"), *PACKAGE.glob("*.json")]
    return BUILT.exists() and BUILT.stat().st_mtime > max(each.stat().st_mtime for each in sources)


def _install() -> None:
    done = run("npm", "ci", "--no-audit", "--no-fund")
    if unreachable := UNREACHABLE.search(done.stderr):
        pytest.skip(f"npm cannot reach its registry: {unreachable[1]}")
    assert done.returncode == 0, done.stderr


def run(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the package's folder."""
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 300}
    return subprocess.run(command, cwd=PACKAGE, env={**os.environ, **environ}, **options)
