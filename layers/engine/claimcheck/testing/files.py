"""Uploads and result files in memory."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

from claimcheck.domain.files import StoredFile, UploadRequest, attachment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

MEMORY = "memory:///"


class MemoryFile(NamedTuple):
    content: bytes
    content_type: str
    disposition: str = ""

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class MemoryFileStore:
    """A file store with its own S3: `send` takes uploads, `fetch` returns files. `kept` are the uploads that
    stay."""

    def __init__(self) -> None:
        self.files: dict[str, MemoryFile] = {}
        self.kept: set[str] = set()
        self._requests: dict[str, UploadRequest] = {}

    def upload_request(self, key: str, size: int, content_type: str) -> UploadRequest:
        headers = {"Content-Length": str(size), "Content-Type": content_type, "If-None-Match": "*"}
        self._requests[key] = UploadRequest(MEMORY + key, headers)
        return self._requests[key]

    def send(self, url: str, headers: Mapping[str, str], content: bytes) -> int:
        """Upload a file as an HTTP client does, and return the status of S3's response."""
        key = url.removeprefix(MEMORY)
        request = self._requests.get(key)
        sent = {**headers, "Content-Length": str(len(content))}
        if request is None or any(sent.get(name) != value for name, value in request.headers.items()):
            return 403
        if key in self.files:
            return 412
        self.files[key] = MemoryFile(content, request.headers["Content-Type"])
        return 200

    def fetch(self, url: str) -> bytes:
        """Download a file as an HTTP client does. Raises: KeyError if the file does not exist."""
        return self.files[url.removeprefix(MEMORY)].content

    def find(self, key: str) -> StoredFile | None:
        found = self.files.get(key)
        return found and StoredFile(found.etag, len(found.content), found.content_type)

    def keep(self, key: str) -> None:
        self.kept.add(key)

    def open(self, key: str, etag: str) -> BinaryIO | None:
        found = self.files.get(key)
        return io.BytesIO(found.content) if found is not None and found.etag == etag else None

    def save(self, key: str, content: BinaryIO, size: int, content_type: str, name: str) -> None:
        content.seek(0)
        self.files[key] = MemoryFile(content.read(), content_type, attachment(name))

    def url(self, key: str) -> str:
        return MEMORY + key
