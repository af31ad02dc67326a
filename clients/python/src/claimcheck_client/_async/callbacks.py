"""Callbacks of jobs that ask for none themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from claimcheck_client._errors import unless
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from claimcheck_client._async.connection import AsyncConnection
    from claimcheck_client._documents import DefaultCallback

PATH = "/v1/callbacks/default"


class AsyncCallbacks:
    """The callbacks of the key's org. Every method raises ApiError or NoAnswer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put_default(self, url: str, *, on: Literal["failed", "ended"] = "failed") -> DefaultCallback:
        """Have the URL called for each job that has failed, or for each that has ended."""
        body = {"url": url, "on": on}
        stored: DefaultCallback = read(await self._connection.send("PUT", PATH, body=body))
        return stored

    async def get_default(self) -> DefaultCallback | None:
        """Return it, with the secrets of its URL hidden. None without one."""
        with unless("default_callback_not_found"):
            stored: DefaultCallback = read(await self._connection.send("GET", PATH))
            return stored
        return None

    async def delete_default(self) -> None:
        """Delete it, if there is one: a repeat of the request finds none."""
        with unless("default_callback_not_found"):
            await self._connection.send("DELETE", PATH)
