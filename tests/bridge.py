"""moto over HTTP, for functions that run in a process of their own.

It stands on 127.0.0.1 at a port of its own, and counts what it is asked.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from tests.cloud import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

# The credential scope of a signature names its service, in a header or in a presigned URL.
SERVICE = re.compile(rf"(?:/|%2F){REGION}(?:/|%2F)(\w+)(?:/|%2F)aws4_request")


class Bridge:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.operations: list[str] = []


@contextmanager
def bridge() -> Iterator[Bridge]:
    """Needs moto to be on in this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Exchange)
    server.daemon_threads = True
    bridge = _Exchange.bridge = Bridge(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield bridge
    server.shutdown()
    thread.join()
    server.server_close()


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bridge: Bridge

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        found = SERVICE.search(self.headers.get("authorization", "") + self.path)
        assert found is not None
        self.bridge.operations.append(self._operation(found[1]))
        status, headers, answer = self._ask_moto(found[1], body)
        content = answer.encode() if isinstance(answer, str) else answer
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = handle_any  # noqa: N815 - the names that http.server asks for

    def _operation(self, service: str) -> str:
        target = self.headers.get("x-amz-target", self.command)
        return f"{service}.{target.rpartition('.')[2]}"

    def _ask_moto(self, service: str, body: bytes) -> tuple[int, dict[str, str], str | bytes]:
        request = AWSPreparedRequest(
            method=self.command,
            url=f"https://{service}.{REGION}.amazonaws.com{self.path}",
            headers=HTTPHeaders.from_pairs(list(self.headers.items())),
            body=body,
            stream_output=False,
        )
        answer = botocore_stubber.process_request(request)
        assert answer is not None
        return answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what the functions print is what is measured."""
