"""The Python client installs with pip, alone, into a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from claimcheck_client import __version__
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = PROJECT / "clients/python"
USES = """
import claimcheck_client
claimcheck_client.Claimcheck("https://claimcheck.example", "key").close()
print(claimcheck_client.__file__)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Return the programs of an environment that has the client without the command."""
    place = tmp_path / "venv"
    run("uv", "venv", "-q", "--python", sys.executable, place)
    return install(place / "bin", CLIENT)


def install(programs: Path, package: object) -> Path:
    run("uv", "pip", "install", "-q", "--python", programs / "python", str(package))
    return programs


def run(*command: object) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(each) for each in command], env=clean, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_it_needs_no_more_than_httpx(environment: Path) -> None:
    assert "site-packages/claimcheck_client" in run(environment / "python", "-c", USES)
    assert "No module named" in run(environment / "python", "-c", "import typer")
    assert (next(environment.parent.glob("lib/*/site-packages/claimcheck_client")) / "py.typed").exists()


def test_its_command_comes_with_an_extra(environment: Path) -> None:
    assert run(environment / "claimcheck") == "typer is not installed: pip install 'claimcheck-client[cli]'\n"

    install(environment, f"{CLIENT}[cli]")

    assert run(environment / "claimcheck", "--version") == f"{__version__}\n"
    assert "needs the service's own code" in run(environment / "claimcheck", "admin", "key")
