"""HTTP servers of tests, on a port of 127.0.0.1."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler
    from ssl import SSLContext


class Quiet:
    """A part of request handlers."""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the errors of clients that are killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serve(exchange: Callable[..., BaseHTTPRequestHandler], tls: SSLContext | None = None) -> Iterator[str]:
    """Handle each connection in a thread of its own, and yield the URL."""
    with _Server(("127.0.0.1", 0), exchange) as server:
        if tls is not None:
            # The thread of the exchange makes the TLS handshake, at its first read.
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
