"""A bucket with files of any size, which it makes while it sends them. It keeps checksums of what it gets."""

from __future__ import annotations

import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, BinaryIO, cast

from werkzeug.serving import DechunkedInput

from tests.kit.serving import Quiet, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ssl import SSLContext

MIB = 2**20
# No two neighbouring parts are equal, so one that is lost or doubled changes the checksum.
PARTS = [bytes([number]) * MIB for number in range(251)]
ETAG = '"made"'


@dataclass
class LargeBucket:
    """Every key is that of an upload of `size` bytes.

    `content` has their size and CRC-32; `saved` has those of each other file, by its path.
    """

    size: int
    url: str = ""
    saved: dict[str, tuple[int, int]] = field(default_factory=dict)

    def parts(self) -> Iterator[bytes]:
        for at in range(0, self.size, MIB):
            yield PARTS[at // MIB % len(PARTS)][: self.size - at]

    @cached_property
    def content(self) -> tuple[int, int]:
        return _summed(self.parts())


@contextmanager
def large_bucket(size: int, tls: SSLContext) -> Iterator[LargeBucket]:
    """Serve a bucket on a port of 127.0.0.1, with the calls of S3 that a job's files need."""
    bucket = _Exchange.bucket = LargeBucket(size)
    with serve(_Exchange, tls) as bucket.url:
        yield bucket


class _Exchange(Quiet, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: LargeBucket

    def do_HEAD(self) -> None:
        self._answer(self.bucket.size)

    def do_GET(self) -> None:
        self._answer(self.bucket.size)
        # A reader that seeks closes the connection, and goes on with another.
        with suppress(OSError):
            for part in self.bucket.parts():
                self.wfile.write(part)

    def do_PUT(self) -> None:
        received = _summed(self._received())
        if not self.path.endswith("?tagging"):
            self.bucket.saved[self.path] = received
        self._answer(0)

    def _received(self) -> Iterator[bytes]:
        if "Transfer-Encoding" not in self.headers:
            yield self.rfile.read(int(self.headers["Content-Length"]))
            return
        # S3's chunks are in HTTP's and look like them (Amazon S3 API Reference, "Signature calculations for
        # the Authorization header: transferring a payload in multiple chunks").
        chunks = DechunkedInput(cast("BinaryIO", self.rfile))
        content = DechunkedInput(cast("BinaryIO", chunks))
        left = int(self.headers["x-amz-decoded-content-length"])
        while left and (part := content.read(min(left, MIB))):
            left -= len(part)
            yield part
        while chunks.read(MIB):
            """Skip the trailer."""

    def _answer(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("ETag", ETAG)
        self.end_headers()


def _summed(parts: Iterator[bytes]) -> tuple[int, int]:
    size = checksum = 0
    for part in parts:
        size, checksum = size + len(part), zlib.crc32(part, checksum)
    return size, checksum
