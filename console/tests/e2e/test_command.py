"""`python -m console`, as the how-to shows it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys

import httpx
import pytest

from local.process import free_port
from tests.kit.client import eventually
from tests.kit.deployment import PROJECT

PAGE = (PROJECT / "docs/howto/console.md").read_text()


@pytest.mark.parametrize("urls", [True, False])
def test_the_command_serves_the_console_on_this_machine_only(urls: bool) -> None:
    [command] = re.findall(r"^python (-m console) (\S+)$", PAGE, re.MULTILINE)
    port = free_port()
    arguments = [*command[0].split(), "--port", str(port), *([command[1]] if urls else [])]
    with subprocess.Popen([sys.executable, *arguments], cwd=PROJECT) as server:
        try:
            page = eventually(lambda: get(port), 30, "the page")
            other = httpx.get(f"http://127.0.0.1:{port}/console", headers={"host": "rebound.example"})
        finally:
            server.terminate()

    assert (f"<option>{command[1]}</option>" in page) is urls
    assert ('type="url"' in page) is not urls
    assert other.status_code == 400


def test_the_command_prints_where_it_is_and_opens_it() -> None:
    command = [sys.executable, "-m", "console", "--port", "0", "--open"]
    browser = os.environ | {"BROWSER": "echo opened %s"}
    with subprocess.Popen(command, cwd=PROJECT, env=browser, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            printed, opened = (server.stdout.readline().split() for _ in range(2))
            page = httpx.get(opened[-1], trust_env=False)
        finally:
            server.terminate()

    assert printed[-1] == opened[-1]
    assert opened[0] == "opened"
    assert page.status_code == 200


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "console", "--port", port]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)

    assert done.returncode == 1
    assert "Address already in use" in done.stderr
    assert done.stderr.endswith(f"{port})). Choose another --port.\n")


def get(port: int) -> str:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True, trust_env=False).text
    except httpx.TransportError:
        return ""


def test_the_port_of_the_page_is_that_of_the_command() -> None:
    from console.__main__ import PORT

    assert f"http://127.0.0.1:{PORT}/console" in PAGE
