"""Files, which go to and from the bucket directly, without the key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from io import SEEK_END, BytesIO
from math import inf
from typing import TYPE_CHECKING, BinaryIO

import httpx

from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import is_transient_in_bucket, origin_of, read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from claimcheck_client._async.connection import AsyncConnection
    from claimcheck_client._documents import Upload

CHUNK = 256 * 1024


async def upload(connection: AsyncConnection, content: bytes | BinaryIO, content_type: str) -> Upload:
    """Upload what the file has now: what is added meanwhile is left out.

    Raises: ApiError, NoAnswer; ValueError if the file becomes shorter meanwhile.
    """
    file = BytesIO(content) if isinstance(content, bytes) else content
    size = file.seek(0, SEEK_END)
    body = {"content_type": content_type, "size": size}
    request = read(await connection.send("POST", "/v1/uploads", body=body))

    async def attempt() -> httpx.Response:
        return await connection.http.request(
            request["method"], request["url"], headers=request["headers"], content=_chunks(file, size)
        )

    response = await connection.answer(attempt, inf, is_transient_in_bucket)
    # The URL is ours alone. So if it has been used, an answer to this upload was lost.
    if not response.is_success and response.status_code != httpx.codes.PRECONDITION_FAILED:
        raise ApiError.of(response)
    return {"upload_id": request["upload_id"]}


async def _chunks(file: BinaryIO, size: int) -> AsyncIterator[bytes]:
    """Yield `size` bytes. Raises: ValueError if the file has fewer now."""
    left = size - file.seek(0)
    while left:
        chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
        if not chunk:
            raise ValueError(f"the file had {size:,} bytes, and has {size - left:,} now: upload it again")
        yield chunk
        left -= len(chunk)


async def download(connection: AsyncConnection, path: str, into: BinaryIO) -> None:
    """Raises: ApiError, NoAnswer; ValueError for what is no path: no other host receives the key."""
    if not path.startswith("/"):
        raise ValueError(f"{path!r} is not the path of a file of this deployment")
    # Also below the path of a custom domain, which it contains.
    api = replace(connection, url=origin_of(connection.url))

    async def attempt() -> httpx.Response:
        # A signed URL works for minutes, and a try can take longer.
        redirect = await api.send("GET", path)
        if redirect.status_code != httpx.codes.SEE_OTHER:
            raise ValueError(f"{path!r} is not the path of a file of this deployment")
        url = redirect.headers["location"]
        into.seek(0)
        into.truncate()
        async with connection.http.stream("GET", url) as response:
            if not response.is_success:
                await response.aread()
                return response
            async for chunk in response.aiter_bytes():
                await asyncio.to_thread(into.write, chunk)
        return response

    response = await connection.answer(attempt, inf, is_transient_in_bucket)
    if not response.is_success:
        raise ApiError.of(response)
