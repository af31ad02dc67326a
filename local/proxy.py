"""Serve one HTTP API of the emulator at the root of a port, like AWS.

The emulator serves it under a prefix, where a `Location` of `/v1/jobs/…` would be wrong.

usage: SECRET=… python -m local.proxy PORT UPSTREAM_PORT PREFIX
"""

import os
import sys
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import quote

from local.guard import PROXY_HEADER
from local.server import Handler, Server

# RFC 9110, section 7.6.1, and the headers that this server writes itself.
HOP_BY_HOP = {
    *("connection", "content-length", "date", "keep-alive", "proxy-connection"),
    *("server", "te", "trailer", "transfer-encoding", "upgrade"),
}
PRINTABLE = "".join(map(chr, range(33, 127)))
PATIENCE = 35.0  # seconds; an HTTP API waits 30 for its function


class Forward(Handler):
    largest_body = 100_000_000  # an HTTP API takes 10 MB
    upstream_port: int
    prefix: str
    secret: str

    def forward(self) -> None:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.answer(411, [], b"Send a Content-Length.\n")
            return
        body = self.read_body("0")
        if body is None:
            self.answer(400, [], f"Content-Length must be a number up to {self.largest_body}.\n".encode())
            return
        if len(body) < int(self.headers.get("Content-Length", 0)):
            self.close_connection = True
            return
        # One connection for each request: a kept one can close while a POST is sent, and then it is unknown
        # whether the POST has arrived.
        upstream = HTTPConnection("127.0.0.1", self.upstream_port, timeout=PATIENCE)
        try:
            response = self.send_upstream(upstream, body)
            self.answer(response.status, response.getheaders(), response.read())
        except (OSError, HTTPException) as error:
            self.answer(502, [], f"The emulator did not answer: {error}\n".encode())
        finally:
            upstream.close()

    def send_upstream(self, upstream: HTTPConnection, body: bytes) -> HTTPResponse:
        # http.server reads the path as Latin-1. Its non-ASCII characters are sent percent-encoded.
        path = quote(self.path.encode("latin-1"), safe=PRINTABLE)
        upstream.putrequest(
            self.command, f"{self.prefix}/{path.removeprefix('/')}", skip_host=True, skip_accept_encoding=True
        )
        # The emulator finds virtual hosts in this header.
        upstream.putheader("Host", f"127.0.0.1:{self.upstream_port}")
        upstream.putheader(PROXY_HEADER, self.secret)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP | {"host", PROXY_HEADER.lower()}:
                upstream.putheader(name, value)
        if body or "Content-Length" in self.headers:
            upstream.putheader("Content-Length", str(len(body)))
        upstream.endheaders(body)
        return upstream.getresponse()

    def answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        if self.command != "HEAD" and status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def __getattr__(self, name: str) -> Callable[[], None]:
        # http.server looks for a method for each of HTTP's. The API knows which of them it has.
        if name.startswith("do_"):
            return self.forward
        raise AttributeError(name)


if __name__ == "__main__":
    port, upstream_port, Forward.prefix = sys.argv[1:]
    Forward.upstream_port, Forward.secret = int(upstream_port), os.environ["SECRET"]
    Server(("127.0.0.1", int(port)), Forward).serve_forever()
