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

LOGIN = {"CLAIMCHECK_URL": "https://claimcheck.example", "CLAIMCHECK_KEY": "key"}
# The first page and one of its files, from the installed console.
SHOWS = """
import anyio, httpx
from console.app import create_app
async def show():
    transport = httpx.ASGITransport(create_app([]))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        for path in ("", "/static/console.css"):
            print((await browser.get(f"/console{path}")).status_code)
anyio.run(show)
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment that has the client without the command."""
    return install(new(tmp_path_factory), CLIENT)


@pytest.fixture(scope="module")
def with_command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(new(tmp_path_factory), f"{CLIENT}[cli]")


def new(places: pytest.TempPathFactory) -> Path:
    """Return the programs of an empty environment."""
    place = places.mktemp("venv")
    run("uv", "venv", "-q", "--python", sys.executable, place)
    return place / "bin"


def install(programs: Path, package: object) -> Path:
    run("uv", "pip", "install", "-q", "--python", programs / "python", str(package))
    return programs


def run(*command: object, **own: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | own
    done = subprocess.run([str(each) for each in command], env=clean, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_it_needs_no_more_than_httpx(environment: Path) -> None:
    assert "site-packages/claimcheck_client" in run(environment / "python", "-c", USES)
    assert "No module named" in run(environment / "python", "-c", "import typer")
    assert (next(environment.parent.glob("lib/*/site-packages/claimcheck_client")) / "py.typed").exists()


def test_its_command_comes_with_an_extra(environment: Path, with_command: Path) -> None:
    assert run(environment / "claimcheck") == "typer is not installed: pip install 'claimcheck-client[cli]'\n"
    assert run(with_command / "claimcheck", "--version") == f"{__version__}\n"
    for command in ("admin", "logs"):
        assert "needs the service's own code" in run(with_command / "claimcheck", command)


def test_its_console_is_a_package_of_its_own(with_command: Path) -> None:
    said = run(with_command / "claimcheck", "console", **LOGIN)

    install(with_command, PROJECT / "console")  # no later test uses it

    assert "pip install ./console" in said
    assert run(with_command / "python", "-c", SHOWS).split() == ["200", "200"]
