"""A connection to a checked address, with one time limit for all of it.

A socket's timeout restarts with every read, so a slow server could hold it for ever. Each read and write of a
`Wire` has only the time that is left.
"""

import io
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from claimcheck.outbound.errors import TimedOut, Unreachable
from claimcheck.outbound.target import Target

PIECE = 64 * 1024


class Deadline:
    """The end of a request. `clock` is monotonic, in seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds left, more than 0. Raises: TimedOut."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimedOut("the answer was not complete in time")
        return left


class Wire:
    """A socket for http.client."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(self._deadline.left())
            rest = rest[self._sock.send(rest[:PIECE]) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(Reader(self._sock, self._deadline))

    def close(self) -> None:
        """Do nothing: http.client closes its socket before it has read the answer. `opened` closes it."""


class Reader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


@contextmanager
def opened(
    target: Target, addresses: Sequence[str], tls: Callable[[], ssl.SSLContext], deadline: Deadline
) -> Iterator[Wire]:
    """Connect to one of these addresses, and close at the end. Raises: Unreachable, TimedOut."""
    with _connect(target, addresses, deadline) as plain:
        if target.scheme == "http":
            yield Wire(plain, deadline)
            return
        with _secure(plain, target, tls(), deadline) as secured:
            yield Wire(secured, deadline)


def _connect(target: Target, addresses: Sequence[str], deadline: Deadline) -> socket.socket:
    """Connect to the first address that accepts. Each has an equal share of the time left."""
    failure: OSError | None = None
    for index, address in enumerate(addresses):
        share = deadline.left() / (len(addresses) - index)
        try:
            # The address is a literal, so this looks up no name.
            sock = socket.create_connection((address, target.port), timeout=share)
        except OSError as error:
            failure = error
        else:
            # The body is a second write, which must not wait for the first's acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    if isinstance(failure, TimeoutError):
        raise TimedOut(f"{target.host} did not accept the connection in time") from failure
    raise Unreachable("connection_failed", f"{target.host} did not accept the connection") from failure


def _secure(
    sock: socket.socket, target: Target, context: ssl.SSLContext, deadline: Deadline
) -> ssl.SSLSocket:
    """Start TLS with the target's name."""
    try:
        # The limit is for the whole handshake: CPython's _ssl counts the time down over its reads.
        sock.settimeout(deadline.left())
        return context.wrap_socket(sock, server_hostname=target.host)
    except TimeoutError as error:
        raise TimedOut(f"{target.host} did not finish the TLS handshake in time") from error
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("tls_failed", f"{target.host}: {error.verify_message}") from error
    except OSError as error:
        raise Unreachable("tls_failed", f"{target.host} did not finish the TLS handshake") from error
