"""A world's API on a port of 127.0.0.1, for HTTP clients."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import TYPE_CHECKING

from tests.kit.serving import Quiet, serve
from tests.kit.world import Answer, World, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def served(
    world: World, after_each: Callable[[], None] = lambda: None, drop: Callable[[], bool] = lambda: False
) -> Iterator[str]:
    """Yield the base URL. Requests are handled one at a time; `after_each` runs after each of them.

    If `drop` returns true after a request was handled, the connection is closed without its answer.
    """

    # A browser also opens connections that it may need later.
    one_at_a_time = Lock()

    class Exchange(Quiet, BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            path, _, query = self.path.partition("?")
            asked = event(self.command, path, self.rfile.read(length), headers, query)
            with one_at_a_time:
                answer = Answer.of(world.api.handle(asked))
                body = answer.text.encode()
                after_each()
                if drop():
                    return
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815 - the names that http.server asks for

    with serve(Exchange) as url:
        yield url
