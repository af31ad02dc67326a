"""Serve one HTTP API of the emulator at the root of a port, as AWS serves it.

The emulator answers under a prefix, so a `Location` of `/v1/jobs/…` would lead astray.

usage: python -m local.proxy PORT UPSTREAM_PORT PREFIX
"""

import sys
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

HOP_BY_HOP = {
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "proxy-connection",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""RFC 9110, section 7.6.1, and what this server writes itself."""

LARGEST = 100_000_000
"""Bytes of a body: far above what an HTTP API takes."""

PRINTABLE = "".join(map(chr, range(33, 127)))

PATIENCE = 35.0
"""Seconds: a little more than an HTTP API waits for its function."""


class Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream_port: int
    prefix: str

    def forward(self) -> None:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self.answer(411, [], b"Send a Content-Length.\n")
            return
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            self.answer(400, [], f"Content-Length is a number up to {LARGEST}.\n".encode())
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        # A connection for each request: a kept one may close as a POST goes out, and nobody
        # could tell whether that POST had arrived.
        upstream = HTTPConnection("127.0.0.1", self.upstream_port, timeout=PATIENCE)
        try:
            response = self.send_upstream(upstream, body)
            self.answer(response.status, response.getheaders(), response.read())
        except (OSError, HTTPException) as error:
            self.answer(502, [], f"The emulator did not answer: {error}\n".encode())
        finally:
            upstream.close()

    def send_upstream(self, upstream: HTTPConnection, body: bytes) -> HTTPResponse:
        # http.server reads the line as Latin-1; what is not ASCII in it goes on percent-encoded.
        path = quote(self.path.encode("latin-1"), safe=PRINTABLE)
        upstream.putrequest(self.command, self.prefix + path, skip_host=True, skip_accept_encoding=True)
        # The emulator reads virtual hosts out of this header.
        upstream.putheader("Host", f"127.0.0.1:{self.upstream_port}")
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP and name.lower() != "host":
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

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the functions log their requests."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def serve(port: int, upstream_port: int, prefix: str) -> None:
    Forward.upstream_port, Forward.prefix = upstream_port, prefix
    Server(("127.0.0.1", port), Forward).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
