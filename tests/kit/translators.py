"""The stand-in for Amazon Translate, served for a test."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from local.server import Server
from local.standins.translate import Desk as TranslateDesk

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def standin() -> Iterator[str]:
    """Serve the stand-in, and yield its URL."""
    server = Server(("127.0.0.1", 0), TranslateDesk)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
