"""TLS verifies the name in the URL, for any address."""

from __future__ import annotations

import datetime
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from claimcheck.outbound import Outbound, TimedOut, Unreachable
from tests.kit.authority import Authority
from tests.kit.upstream import Upstream, drip, head, reply

if TYPE_CHECKING:
    from pathlib import Path

DAY = datetime.timedelta(days=1)
SOON = 0.15  # seconds, short enough for a test


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def trusting(authority: Authority) -> Outbound:
    """Serve at 127.0.0.2, which the system's resolver never returns for localhost."""
    return Outbound(allow_loopback=True, resolve=lambda host, port: ["127.0.0.2"], tls=authority.context)


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(authority: Authority) -> None:
    with Upstream("127.0.0.2", authority.server("localhost")) as upstream:
        upstream.at("/", reply(200, b"x" * 300_000))

        answer = trusting(authority).request("GET", f"https://localhost:{upstream.port}/", timeout=5)

        assert (answer.status, len(answer.body)) == (200, 300_000)
        assert upstream.names == ["localhost"]
        assert upstream.requests[0].headers["host"] == f"localhost:{upstream.port}"


def test_an_address_in_the_url_needs_a_certificate_for_it(authority: Authority) -> None:
    with Upstream("127.0.0.2", authority.server("127.0.0.2")) as upstream:
        upstream.at("/", reply())

        answer = trusting(authority).request("GET", upstream.url, timeout=5)

        assert (answer.status, upstream.names) == (200, [None])


@pytest.mark.parametrize("names", [("other.example",), ("127.0.0.2",), ("*.localhost",), ()])
def test_a_certificate_for_another_name_is_no_proof(authority: Authority, names: tuple[str, ...]) -> None:
    with Upstream("127.0.0.2", authority.server(*names)) as upstream:
        with pytest.raises(Unreachable) as distrusted:
            trusting(authority).request("GET", f"https://localhost:{upstream.port}/", timeout=5)

        assert (distrusted.value.code, distrusted.value.transient) == ("tls_failed", True)
        assert upstream.requests == []


def test_a_certificate_that_has_expired_is_no_proof(authority: Authority) -> None:
    with Upstream("127.0.0.2", authority.server("localhost", lasting=-DAY)) as upstream:
        with pytest.raises(Unreachable, match="expired"):
            trusting(authority).request("GET", f"https://localhost:{upstream.port}/", timeout=5)

        assert upstream.requests == []


def test_an_authority_that_the_system_does_not_know_is_not_trusted(authority: Authority) -> None:
    with Upstream("127.0.0.1", authority.server("localhost", "127.0.0.1")) as upstream:
        with pytest.raises(Unreachable) as distrusted:
            Outbound(allow_loopback=True).request("GET", upstream.url, timeout=5)

        assert distrusted.value.code == "tls_failed"
        assert upstream.requests == []


def test_a_server_that_does_not_speak_tls_is_unreachable(authority: Authority) -> None:
    with socket.create_server(("127.0.0.2", 0)) as server, ThreadPoolExecutor(1) as background:
        greeted = background.submit(_greet, server)
        with pytest.raises(Unreachable) as refused:
            trusting(authority).request("GET", f"https://localhost:{server.getsockname()[1]}/", timeout=5)
        greeted.result()

    assert refused.value.code == "tls_failed"


def _greet(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b"220 mail.example ESMTP\r\n")
        connection.recv(64 * 1024)


def test_a_handshake_that_never_ends_runs_out_of_time(authority: Authority) -> None:
    start = monotonic()

    with socket.create_server(("127.0.0.2", 0)) as mute, pytest.raises(TimedOut):
        trusting(authority).request("GET", f"https://localhost:{mute.getsockname()[1]}/", timeout=SOON)

    assert monotonic() - start < 2


def test_a_handshake_that_drips_in_runs_out_of_time(authority: Authority) -> None:
    start = monotonic()

    with socket.create_server(("127.0.0.2", 0)) as server, ThreadPoolExecutor(1) as background:
        dripped = background.submit(_drip_a_record, server)
        with pytest.raises(TimedOut):
            trusting(authority).request("GET", f"https://localhost:{server.getsockname()[1]}/", timeout=SOON)
        waited = monotonic() - start
        dripped.result()

    assert SOON <= waited < 2


def _drip_a_record(server: socket.socket) -> None:
    """Send a handshake record of 16 KiB slowly (RFC 8446, section 5.1), until the client closes."""
    connection, _ = server.accept()
    with connection, suppress(OSError):
        connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
        connection.settimeout(0.01)
        while True:
            connection.sendall(b"\x00")
            with suppress(TimeoutError):
                while connection.recv(4096):
                    pass
                return


def test_one_time_limit_bounds_the_whole_exchange_under_tls(authority: Authority) -> None:
    with Upstream("127.0.0.2", authority.server("localhost")) as upstream:
        upstream.at("/", drip(head(200, "Content-Length: 1000") + b"x" * 1000, every=0.001))

        with pytest.raises(TimedOut):
            trusting(authority).request("GET", f"https://localhost:{upstream.port}/", timeout=SOON)
