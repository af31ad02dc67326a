"""Files, which go to and from the bucket directly, without the key."""

from __future__ import annotations

from dataclasses import replace
from io import SEEK_END, BytesIO
from math import inf
from typing import TYPE_CHECKING, BinaryIO

import httpx

from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import is_transient_in_bucket, origin_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck_client._documents import Upload
    from claimcheck_client._sync.connection import Connection

CHUNK = 256 * 1024


def upload(connection: Connection, content: bytes | BinaryIO, content_type: str) -> Upload:
    """Raises: ApiError, NoAnswer."""
    file = BytesIO(content) if isinstance(content, bytes) else content
    body = {"content_type": content_type, "size": file.seek(0, SEEK_END)}
    request = read(connection.send("POST", "/v1/uploads", body=body))

    def attempt() -> httpx.Response:
        return connection.http.request(
            request["method"], request["url"], headers=request["headers"], content=_chunks(file)
        )

    response = connection.answer(attempt, inf, is_transient_in_bucket)
    # The URL is ours alone. So if it has been used, an answer to this upload was lost.
    if not response.is_success and response.status_code != httpx.codes.PRECONDITION_FAILED:
        raise ApiError.of(response)
    return {"upload_id": request["upload_id"]}


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def download(connection: Connection, path: str, into: BinaryIO) -> None:
    """Raises: ApiError, NoAnswer; ValueError for what is no path: no other host receives the key."""
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is not the path of a file of this deployment")
    # Also below the path of a custom domain, which it contains.
    redirect = replace(connection, url=origin_of(connection.url)).send("GET", path)
    url = redirect.headers["location"]

    def attempt() -> httpx.Response:
        into.seek(0)
        into.truncate()
        with connection.http.stream("GET", url) as response:
            if not response.is_success:
                response.read()
                return response
            for chunk in response.iter_bytes():
                into.write(chunk)
        return response

    response = connection.answer(attempt, inf, is_transient_in_bucket)
    if not response.is_success:
        raise ApiError.of(response)
