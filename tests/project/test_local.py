"""The local stack's parts: it ends every process that it starts, and its proxy changes nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from samcli.cli.types import CfnParameterOverridesType  # type: ignore[import-untyped]

from local import deploy, process
from local.guard import PROXY_HEADER
from local.proxy import Forward
from local.server import Server
from tests.kit.deployment import PROJECT
from tests.kit.serving import Quiet, serve

SLEEP = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)"]
PREFIX = "/stage"
SECRET = "of-the-run"


class Upstream(Quiet, BaseHTTPRequestHandler):
    """Returns the request that it got, with two headers of the same name."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(int(self.headers["X-Status"]))
        self.send_header("Location", "/v1/jobs/1")
        self.send_header("Link", "<a>")
        self.send_header("Link", "<b>")
        self.send_header("X-Path", self.path)
        self.send_header("X-Secrets", str(self.headers.get_all(PROXY_HEADER)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_QUERY = do_TRACE = do_POST  # noqa: N815


@pytest.fixture
def proxy() -> Iterator[str]:
    upstream = Server(("127.0.0.1", 0), Upstream)
    handler = type(
        "Here", (Forward,), {"upstream_port": upstream.server_port, "prefix": PREFIX, "secret": SECRET}
    )
    served = Server(("127.0.0.1", 0), handler)
    for server in (upstream, served):
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    yield f"http://127.0.0.1:{served.server_port}"
    for server in (served, upstream):
        server.shutdown()
        server.server_close()


def post(url: str, body: bytes, status: int = 200) -> httpx.Response:
    return httpx.post(url, content=body, headers={"X-Status": str(status)}, trust_env=False)


def wait_for(log: Path) -> None:
    deadline = time.monotonic() + 30
    while not (log.exists() and log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(group: int) -> bool:
    """Return whether a process of the group still runs. Zombies do not count."""
    listed = subprocess.check_output(["ps", "-eo", "pgid=,stat="], text=True).splitlines()
    rows = (line.split() for line in listed)
    return any(int(leader) == group and not state.startswith("Z") for leader, state in rows)


def ends(group: int) -> bool:
    deadline = time.monotonic() + 30
    while is_alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(group)


@pytest.mark.parametrize("status", [200, 202, 303, 404, 500])
def test_the_proxy_changes_neither_status_nor_headers_nor_body(proxy: str, status: int) -> None:
    body = bytes(range(256))

    answer = post(f"{proxy}/v1/jobs?limit=1&cursor=%2F", body, status)

    assert answer.status_code == status
    assert answer.content == body
    assert answer.headers["location"] == "/v1/jobs/1"
    assert answer.headers.get_list("link") == ["<a>", "<b>"]
    assert answer.headers["x-path"] == f"{PREFIX}/v1/jobs?limit=1&cursor=%2F"


@pytest.mark.parametrize("method", ["QUERY", "TRACE"])
def test_the_proxy_passes_on_methods_that_no_api_has(proxy: str, method: str) -> None:
    answer = httpx.request(method, proxy, content=b"sent", headers={"X-Status": "405"}, trust_env=False)

    assert (answer.status_code, answer.content) == (405, b"sent")


def test_the_emulator_knows_the_proxy_by_the_runs_secret(proxy: str) -> None:
    headers = {"X-Status": "200", PROXY_HEADER: "guessed"}

    answer = httpx.post(proxy, content=b"", headers=headers, trust_env=False)

    assert answer.headers["x-secrets"] == str([SECRET])


def test_the_proxy_serves_many_clients_at_once(proxy: str) -> None:
    with (
        httpx.Client(trust_env=False, headers={"X-Status": "200"}) as client,
        ThreadPoolExecutor(16) as pool,
    ):
        bodies = [str(number).encode() * 1000 for number in range(200)]
        answers = list(pool.map(lambda body: client.post(proxy, content=body).content, bodies))

    assert answers == bodies


def test_the_proxy_says_when_the_emulator_is_gone() -> None:
    handler = type(
        "Here", (Forward,), {"upstream_port": process.free_port(), "prefix": PREFIX, "secret": SECRET}
    )
    with serve(handler) as url:
        answer = post(url, b"")

    assert answer.status_code == 502


def test_killing_a_group_ends_every_process(tmp_path: Path) -> None:
    started = process.start(SLEEP, tmp_path / "log", os.environ, leashed=True)
    wait_for(tmp_path / "log")

    process.kill(started.pid, "no matter: it is our own")

    assert ends(started.pid)


def test_a_reused_process_number_is_left_alone() -> None:
    with subprocess.Popen(SLEEP, stdout=subprocess.PIPE, start_new_session=True) as other:
        process.kill(other.pid, "ministack")

        assert is_alive(other.pid)
        other.kill()


def test_a_leashed_process_ends_with_its_owner_even_by_sigkill(tmp_path: Path) -> None:
    owner = f"""
        import os, time
        from pathlib import Path
        from local import process
        started = process.start({SLEEP!r}, Path({str(tmp_path / "log")!r}), os.environ, leashed=True)
        print(started.pid, flush=True)
        time.sleep(600)
    """
    command = [sys.executable, "-c", textwrap.dedent(owner)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as owning:
        assert owning.stdout
        group = int(owning.stdout.readline())
        wait_for(tmp_path / "log")
        owning.send_signal(signal.SIGKILL)

    assert ends(group)


def test_a_build_is_known_by_its_sources(tmp_path: Path) -> None:
    for name in ("packaging", "functions", "layers"):
        (tmp_path / name).mkdir()
    (tmp_path / "template.yaml").write_text("one")
    (tmp_path / "layers" / "a.py").write_text("a = 1")
    first = deploy.fingerprint(tmp_path)

    (tmp_path / "README.md").write_text("no source of a build")
    assert deploy.fingerprint(tmp_path) == first

    (tmp_path / "layers" / "a.py").write_text("a = 2")
    assert deploy.fingerprint(tmp_path) != first


def test_simultaneous_builds_of_the_same_sources_share_one_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = list[str]()

    def run(title: str, command: list[str], *_: object) -> None:
        built.append(title)
        time.sleep(0.1)
        folder = Path(command[command.index("--build-dir") + 1])
        folder.mkdir()
        (folder / "template.yaml").write_text(json.dumps({"Resources": {}}))

    monkeypatch.setattr(deploy, "run", run)
    with ThreadPoolExecutor(2) as pool:
        found = list(
            pool.map(lambda log: deploy.build(tmp_path, tmp_path / "builds", tmp_path / log), ("a", "b"))
        )

    assert [json.loads(template.read_text()) for template in found] == [{"Resources": {}}] * 2
    assert built == ["sam build"]


def raw(proxy: str, head: str) -> bytes:
    """Return the answer to a request that no HTTP client would send."""
    address, _, port = proxy.removeprefix("http://").partition(":")
    with socket.create_connection((address, int(port))) as client:
        client.sendall(f"{head}\r\nHost: here\r\nX-Status: 200\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.mark.parametrize("length", ["-5", "abc", "99999999999999"])
def test_a_length_that_makes_no_sense_is_refused(proxy: str, length: str) -> None:
    answer = raw(proxy, f"POST /jobs HTTP/1.1\r\nContent-Length: {length}")

    assert answer.startswith(b"HTTP/1.1 400")


def test_no_path_leads_beside_the_api(proxy: str) -> None:
    answer = raw(proxy, "POST ?Action=CreateUser HTTP/1.1\r\nContent-Length: 0")

    assert b"X-Path: /stage/?Action=CreateUser" in answer


def test_a_path_outside_ascii_goes_on_percent_encoded(proxy: str) -> None:
    answer = raw(proxy, "POST /jobs/ü?q=a%20b HTTP/1.1\r\nContent-Length: 0")

    assert b"X-Path: /stage/jobs/%C3%BC?q=a%20b" in answer


def test_sam_reads_each_parameter_as_it_was_given() -> None:
    given = {"ModelId": "", "Note": 'two "words"', "Runtime": "python3.13"}

    _, *written = deploy.overrides(given)

    assert CfnParameterOverridesType().convert(tuple(written), None, None) == given
