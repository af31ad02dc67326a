"""The how-tos on the Python client and on the command, executed."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

import claimcheck_client
from tests.kit.bucket import bucket
from tests.kit.deployment import PROJECT
from tests.kit.documented import PARTS
from tests.kit.http_world import served
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


PYTHON = (PROJECT / "docs/howto/python.md").read_text()
COMMAND = (PROJECT / "docs/howto/cli.md").read_text()
PRELOADED = PROJECT / "tests/kit/preloaded.py"
# Calls the command that is preloaded.
PROGRAM = f"""#!{sys.executable} -ES
import json, socket, sys
with socket.socket(socket.AF_UNIX) as call:
    call.connect("calls")
    socket.send_fds(call, [json.dumps(sys.argv[1:]).encode()], [0, 1, 2])
    sys.exit(call.recv(1)[0])
"""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


@pytest.fixture
def world() -> Iterator[World]:
    with bucket() as files:
        yield World(**PARTS, files=files)


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with served(world, after_each=world.work) as url:
        yield url


def test_its_python_prints_what_it_says(
    world: World, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pass_by(seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setenv("URL", url)
    monkeypatch.setenv("KEY", world.acme)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text("item,price\ncoat,30\n")
    no_pauses = {"Claimcheck": lambda seconds: None, "AsyncClaimcheck": pass_by}
    for name, sleep in no_pauses.items():
        client = functools.partial(getattr(claimcheck_client, name), sleep=sleep)
        monkeypatch.setattr(claimcheck_client, name, client)
    names: dict[str, Any] = {"__name__": "page"}
    promised = []

    with redirect_stdout(StringIO()) as printed:
        for block in blocks(PYTHON, "python"):
            exec(block, names)
            promised += re.findall(r"print\(.*\)  # ((?:\d|\[|completed|report).*)$", block, re.MULTILINE)
    names["client"].close()

    lines = [line for line in printed.getvalue().splitlines() if not line.startswith('{"_aws"')]
    assert len(promised) == 11
    assert [line for line in lines if line in promised] == promised
    assert any(line.startswith("422 invalid_fields") for line in lines)
    assert Path("report.csv").read_text().count("\n") == 3


def test_its_receiver_takes_signed_callbacks_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0"
    monkeypatch.setenv("CLAIMCHECK_SECRET", secret)
    names: dict[str, Any] = {"os": os}
    exec(next(block for block in blocks(PYTHON, "python") if "verify_webhook" in block), names)
    now, body = datetime.now(UTC), '{"job_id": "1", "status": "completed"}'
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("1", now, body),
    }

    assert names["receive"](headers, body.encode()) == 204
    assert names["receive"](headers, b"{}") == 401


@pytest.fixture
def shell(world: World, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run the page's commands in one folder, with `claimcheck` on the path, which is `PROGRAM`."""
    program = tmp_path / "bin/claimcheck"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    own = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{PROJECT}/clients/python/src:{PROJECT}/layers/engine:{PROJECT}",
        "XDG_CONFIG_HOME": str(tmp_path),
        "URL": url,
        "CLAIMCHECK_URL": url,
        "CLAIMCHECK_KEY": world.acme,
        "NO_PROXY": "127.0.0.1",
    }

    def run(script: str) -> str:
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as calls:
        calls.bind("calls")
        calls.listen()
        server = subprocess.Popen([sys.executable, PRELOADED], stdin=calls.fileno(), env=os.environ | own)
    yield run
    server.kill()
    server.wait()


def test_its_commands_run(shell: Any) -> None:
    _, run, submit, files, history, schedules, flows, _, scripts, _ = blocks(COMMAND, "sh")

    printed = shell("\n".join([run, submit, history, files, schedules, flows, scripts]))

    assert json.loads(printed[: printed.index("}") + 1]) == {"words": 9, "sentences": 1}
    assert '"words": 3' in printed
    assert "order=6735" in printed
    assert "execution 1" in printed
    assert "report.csv\n" in printed
    assert "0 9 * * 1-5 Europe/Vienna" in printed
    assert "5 in 1 s" in printed
    assert "renderer is deleted." in printed
    assert printed.splitlines()[-1] == "0"


def test_its_admin_command_is_that_of_the_service() -> None:
    command = [sys.executable, "-m", "claimcheck_client", "admin", "--help"]
    environ = os.environ | {"PYTHONPATH": f"{PROJECT}/clients/python/src"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "usage: python -m claimcheck" in done.stdout


def test_every_exit_code_and_command_is_on_the_page() -> None:
    from typer.main import get_command

    from claimcheck_client._command.app import EPILOG, app

    codes = re.findall(r"^\| (\d) \|", COMMAND, re.MULTILINE)
    commands = get_command(app).commands  # type: ignore[attr-defined]

    assert codes == re.findall(r"\d", EPILOG)
    assert {name for name in commands if f"claimcheck {name}" not in COMMAND} == set()
