"""moto over HTTP, on a port of 127.0.0.1, for functions in processes of their own. It counts requests."""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from tests.kit.cloud import REGION
from tests.kit.serving import Quiet, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from ssl import SSLContext

# A signature's credential scope, in a header or a presigned URL, names the service.
SERVICE = re.compile(rf"(?:/|%2F){REGION}(?:/|%2F)(\w+)(?:/|%2F)aws4_request")


class Bridge:
    def __init__(self, url: str) -> None:
        self.url = url
        self.operations: list[str] = []
        # Entered with the operation's name and the request's body before a call runs; left before its
        # response.
        self.watch: Callable[[str, bytes], AbstractContextManager[object]] = _unwatched
        # Entered with the operation's name after a call ran; left after its response.
        self.exchange: Callable[[str], AbstractContextManager[object]] = nullcontext


def _unwatched(operation: str, body: bytes) -> AbstractContextManager[object]:
    return nullcontext()


@contextmanager
def bridge(tls: SSLContext | None = None) -> Iterator[Bridge]:
    """Serve moto, which must be active in this process."""
    with serve(_Exchange, tls) as url:
        _Exchange.bridge = Bridge(url)
        yield _Exchange.bridge


class _Exchange(Quiet, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two packets. Without this, the second waits 40 ms for the acknowledgement of the
    # first.
    disable_nagle_algorithm = True
    bridge: Bridge

    def handle_any(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if len(body := self.rfile.read(length)) < length:
            return  # its sender was killed
        found = SERVICE.search(self.headers.get("authorization", "") + self.path)
        assert found is not None
        self.bridge.operations.append(operation := self._operation(found[1]))
        with self.bridge.watch(operation, body):
            status, headers, answer = self._ask_moto(found[1], body)
        with self.bridge.exchange(operation):
            self._answer(status, headers, answer)

    do_GET = do_HEAD = do_PUT = do_POST = handle_any  # noqa: N815 - the names that http.server asks for

    def _answer(self, status: int, headers: dict[str, str], answer: str | bytes) -> None:
        content = answer.encode() if isinstance(answer, str) else answer
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "date", "server"):
                self.send_header(name, str(value))
        length = headers.get("content-length", "0") if self.command == "HEAD" else len(content)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

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
        answer: tuple[int, dict[str, str], str | bytes] | None = botocore_stubber.process_request(request)
        assert answer is not None
        return answer
