"""A test server for code that calls third parties. It can be slow, broken or hostile.

    with Upstream() as upstream:
        upstream.at("/flaky", reply(500), reply(500), reply(200, b"at last"))
        ...                                                     # what is tested calls upstream.url + "/flaky"
        assert [each.method for each in upstream.requests] == ["GET", "GET", "GET"]

Each path plays its acts in order, one per request, and repeats the last. A path without acts is a 404.
It answers each connection once and then closes it, and what still goes on ends with the `with` block.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import parse_headers
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType


class Received(NamedTuple):
    """A request: header names in lower case, `at` in seconds of the monotonic clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Line:
    """The open connection of an act."""

    sock: socket.socket
    ended: Event

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def wait(self, seconds: float | None = None) -> bool:
        """Return False after the upstream is closed."""
        return not self.ended.wait(seconds)

    def reset(self) -> None:
        """Close the connection like the kernel of a crashed server: with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.sock.detach())


@dataclass(frozen=True)
class Act:
    play: Callable[[Line], object]
    # Whether it reads and records the request's body first.
    takes_body: bool = True


def reply(
    status: int = 200, body: bytes = b"", headers: Mapping[str, str] | None = None, after: float = 0
) -> Act:
    """A valid response, after `after` seconds."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    answer = head(status, *(f"{name}: {value}" for name, value in lines.items())) + body

    def play(line: Line) -> None:
        if not after or line.wait(after):
            line.send(answer)

    return Act(play)


def raw(data: bytes) -> Act:
    """Send exactly these bytes."""
    return Act(lambda line: line.send(data))


def drip(data: bytes, every: float = 0.01) -> Act:
    """Send these bytes one by one, `every` seconds apart; then silence."""

    def play(line: Line) -> None:
        for index in range(len(data)):
            line.send(data[index : index + 1])
            if not line.wait(every):
                return
        line.wait()

    return Act(play)


def endless(start: bytes, data: bytes) -> Act:
    """Send `start`, and then `data` repeatedly until the client closes."""

    def play(line: Line) -> None:
        line.send(start)
        while not line.ended.is_set():
            line.send(data)

    return Act(play)


def silence() -> Act:
    """Read the request and never answer."""
    return Act(lambda line: line.wait())


def reset(start: bytes = b"") -> Act:
    """Reset the connection after sending these bytes."""

    def play(line: Line) -> None:
        line.send(start)
        line.reset()

    return Act(play)


def unread(data: bytes) -> Act:
    """Send these bytes without reading the request's body, and close."""
    return Act(lambda line: line.send(data), takes_body=False)


def head(status: int, *headers: str) -> bytes:
    """Return a response's status line and headers, including the empty line."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Whatever"
    return "\r\n".join([f"HTTP/1.1 {status} {phrase}", *headers, "", ""]).encode("latin-1")


class Upstream:
    """Listens on `host`, any of 127.0.0.0/8; with TLS if it has a server's context.

    `requests` are those that arrived completely, `names` the server names that TLS clients requested.
    """

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.requests: list[Received] = []
        self.names: list[str | None] = []
        self._acts: dict[str, deque[Act]] = {}
        self._ended = Event()
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _sock, name, _context: self.names.append(name)
        self._server = _Server((host, port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.port: int = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"

    def __enter__(self) -> Upstream:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def at(self, path: str, *acts: Act) -> str:
        """Set the acts of this path (without its query) from now on. Returns its URL."""
        self._acts[path] = deque(acts)
        return self.url + path

    def bodies(self, path: str) -> list[bytes]:
        return [each.body for each in self.requests if each.path.partition("?")[0] == path]

    def serve(self, sock: socket.socket, stream: Any) -> None:
        start = stream.readline().decode("latin-1").split()
        if len(start) != 3:
            return
        method, path, _ = start
        headers = {name.lower(): value for name, value in parse_headers(stream).items()}
        act = self._next(path.partition("?")[0])
        length = int(headers.get("content-length", "0")) if act.takes_body else 0
        body = stream.read(length)
        if len(body) < length:
            return  # the sender died
        self.requests.append(Received(method, path, headers, body, monotonic()))
        act.play(Line(sock, self._ended))

    def secured(self, sock: socket.socket) -> socket.socket:
        return sock if self._tls is None else self._tls.wrap_socket(sock, server_side=True)

    def _next(self, path: str) -> Act:
        acts = self._acts.get(path, deque([reply(404, b"no such path")]))
        return acts.popleft() if len(acts) > 1 else acts[0]


class _Handler(StreamRequestHandler):
    server: _Server
    # Seconds that a client may take for its request, so that every test ends.
    timeout = 10

    def setup(self) -> None:
        # In the connection's own thread, so that a slow handshake blocks no other client.
        self.request = self.server.upstream.secured(self.request)
        super().setup()

    def handle(self) -> None:
        self.server.upstream.serve(self.connection, self.rfile)

    def finish(self) -> None:
        super().finish()
        # TLS took over the connection, so the server does not close it.
        self.server.shutdown_request(self.request)


class _Server(ThreadingTCPServer):
    """Waits for its threads, none of which can wait for a client."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], upstream: Upstream) -> None:
        self.upstream = upstream
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._open.add(watched := request.dup())
        try:
            super().finish_request(request, client_address)
        finally:
            self._open.discard(watched)
            watched.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close, distrust a certificate or are disconnected: tests cause these."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        super().server_close()
