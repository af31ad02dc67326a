"""From a name to a connection: looked up once, then checked, then connected."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event, enumerate
from time import monotonic
from typing import TYPE_CHECKING

import pytest

import claimcheck
from claimcheck.outbound import Outbound, RequestRefused, TimedOut, Unreachable
from claimcheck.service.attempt import Overrun, limit
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOON = 0.15  # seconds, short enough for a test


class Names:
    """A resolver that returns one answer after the other."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """Not at 127.0.0.1, which the system's resolver returns for localhost."""
    with Upstream("127.0.0.2") as server:
        server.at("/", reply(200, b"here"))
        yield server


@pytest.fixture
def slow() -> Iterator[Outbound]:
    """Its resolver does not answer before the end of the test."""
    over = Event()
    yield Outbound(resolve=lambda host, port: ["1.1.1.1"] if over.wait(30) else [])
    over.set()
    for thread in enumerate():
        if thread.name == "resolve":
            thread.join()


@contextmanager
def full(host: str, port: int) -> Iterator[None]:
    """An address that accepts no connection, because its backlog is full."""
    with socket.create_server((host, port), backlog=0), socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex((host, port))
        yield


def test_the_connection_is_made_to_the_address_that_was_checked(upstream: Upstream) -> None:
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    outbound = Outbound(allow_loopback=True, resolve=names)

    answer = outbound.request("GET", f"http://localhost:{upstream.port}/", timeout=5)

    assert answer.body == b"here"
    assert names.asked == [("localhost", upstream.port)]
    assert upstream.requests[0].headers["host"] == f"localhost:{upstream.port}"


def test_a_name_that_changes_its_answer_is_checked_each_time(upstream: Upstream) -> None:
    names = Names(["127.0.0.2"], ["169.254.169.254"], ["127.0.0.2", "10.0.0.1"])
    outbound = Outbound(allow_loopback=True, resolve=names)
    url = f"http://localhost:{upstream.port}/"

    outbound.request("GET", url, timeout=5)
    for _ in range(2):
        with pytest.raises(RequestRefused):
            outbound.request("GET", url, timeout=5)

    assert len(upstream.requests) == 1


def test_an_address_is_not_looked_up(upstream: Upstream) -> None:
    names = Names()

    answer = Outbound(allow_loopback=True, resolve=names).request("GET", upstream.url, timeout=5)

    assert (answer.status, names.asked) == (200, [])


def test_the_system_resolver_is_the_default() -> None:
    with Upstream() as upstream:
        url = f"http://localhost:{upstream.port}/"

        assert Outbound(allow_loopback=True).request("GET", url, timeout=5).status == 404


@pytest.mark.parametrize("answer", [socket.gaierror(), UnicodeError(), []])
def test_a_name_without_an_address_is_unreachable(answer: Sequence[str] | Exception) -> None:
    with pytest.raises(Unreachable) as unknown:
        Outbound(resolve=Names(answer)).request("GET", "https://nobody.example/", timeout=5)

    assert (unknown.value.code, unknown.value.transient) == ("name_not_resolved", True)


def test_a_resolver_that_does_not_answer_is_not_waited_for(slow: Outbound) -> None:
    start = monotonic()

    with pytest.raises(TimedOut):
        slow.request("GET", "https://slow.example/", timeout=SOON)

    assert SOON <= monotonic() - start < 2


def test_a_look_up_does_not_hold_up_the_timer_of_an_attempt(slow: Outbound) -> None:
    start = monotonic()

    with pytest.raises(Overrun), limit(int(SOON * 1000)):
        slow.request("GET", "https://slow.example/", timeout=30)

    assert monotonic() - start < 2


def test_an_address_that_refuses_is_followed_by_the_next(upstream: Upstream) -> None:
    outbound = Outbound(allow_loopback=True, resolve=Names(["127.0.0.3", "127.0.0.2"]))

    assert outbound.request("GET", f"http://localhost:{upstream.port}/", timeout=5).body == b"here"


def test_an_address_that_does_not_answer_leaves_time_for_the_next(upstream: Upstream) -> None:
    outbound = Outbound(allow_loopback=True, resolve=Names(["127.0.0.3", "127.0.0.2"]))

    with full("127.0.0.3", upstream.port):
        answer = outbound.request("GET", f"http://localhost:{upstream.port}/", timeout=1)

    assert answer.body == b"here"


def test_an_address_that_does_not_take_the_connection_times_out(upstream: Upstream) -> None:
    with full("127.0.0.3", upstream.port), pytest.raises(TimedOut):
        Outbound(allow_loopback=True).request("GET", f"http://127.0.0.3:{upstream.port}/", timeout=SOON)


def test_a_closed_port_is_unreachable(upstream: Upstream) -> None:
    with pytest.raises(Unreachable) as refused:
        Outbound(allow_loopback=True).request("GET", f"http://127.0.0.3:{upstream.port}/", timeout=5)

    assert (refused.value.code, refused.value.transient) == ("connection_failed", True)


def test_proxies_of_the_environment_are_ignored(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    with Upstream() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        answer = Outbound(allow_loopback=True).request("GET", upstream.url, timeout=5)

        assert (answer.body, proxy.requests) == (b"here", [])


def test_the_network_modules_are_imported_by_the_first_request() -> None:
    parts = ("ssl", "http.client", "claimcheck.outbound.wire", "claimcheck.outbound.exchange")
    script = f"import sys, claimcheck.outbound; print([each for each in {parts} if each in sys.modules])"

    environ = {"PYTHONPATH": str(Path(claimcheck.__file__).parents[1])}
    run = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=True)

    assert run.stdout.strip() == b"[]"
