"""A file store in memory whose URLs are served on a port of 127.0.0.1, for HTTP clients."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from claimcheck.testing.files import MEMORY, MemoryFileStore
from tests.kit.serving import Quiet, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.domain.files import UploadRequest


class ServedFileStore(MemoryFileStore):
    """`at` is the URL that the keys follow."""

    at = ""

    def upload_request(self, key: str, size: int, content_type: str) -> UploadRequest:
        request = super().upload_request(key, size, content_type)
        return request._replace(url=self.at + key)

    def url(self, key: str) -> str:
        return self.at + key


@contextmanager
def bucket() -> Iterator[ServedFileStore]:
    files = ServedFileStore()

    class Exchange(Quiet, BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            # Browsers send header names in lower case.
            headers = {name.title(): value for name, value in self.headers.items()}
            self.answer(files.send(MEMORY + self.path[1:], headers, content))

        def do_OPTIONS(self) -> None:
            self.answer(200)

        def do_GET(self) -> None:
            found = files.files[self.path[1:]]
            self.answer(200, found.content, found.disposition)

        def answer(self, status: int, content: bytes = b"", disposition: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            for allowed in ("Origin", "Methods", "Headers"):
                self.send_header(f"Access-Control-Allow-{allowed}", "PUT" if allowed == "Methods" else "*")
            self.send_header("Content-Disposition", disposition)
            self.end_headers()
            self.wfile.write(content)

    with serve(Exchange) as url:
        files.at = f"{url}/"
        yield files
