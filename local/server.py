"""The HTTP server of the proxy and of the stand-ins."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """A request handler that keeps connections open, limits bodies and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    largest_body = 16_000_000  # bytes

    def read_body(self, default_length: str = "") -> bytes | None:
        """Return the body, or None if Content-Length is not a number up to `largest_body`."""
        length = self.headers.get("Content-Length", default_length)
        if not length.isdecimal() or int(length) > self.largest_body:
            self.close_connection = True
            return None
        return self.rfile.read(int(length))

    def send(self, status: int, media_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: requests can hold people's documents, and the functions log their own."""


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
