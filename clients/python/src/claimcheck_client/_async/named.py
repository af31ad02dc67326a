"""Documents of an org that have names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from claimcheck_client._errors import unless
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from claimcheck_client._async.connection import AsyncConnection

D = TypeVar("D")


class AsyncNamed(Generic[D]):
    """The documents of one kind that the key's org has. Every method raises ApiError or NoAnswer."""

    _kind: ClassVar[str]

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str) -> D:
        return await self._send("GET", name)

    async def list(self) -> AsyncIterator[D]:
        """Yield all of them, by name."""
        async for document in self._connection.pages(f"/v1/{self._kind}s", f"{self._kind}s"):
            yield document

    async def pause(self, name: str) -> D:
        return await self._send("POST", name, "/pause")

    async def resume(self, name: str) -> D:
        return await self._send("POST", name, "/resume")

    async def delete(self, name: str) -> None:
        """Delete it, if there is one: a repeat of the request finds none."""
        with unless(f"{self._kind}_not_found"):
            await self._connection.send("DELETE", self._path(name))

    async def _send(self, method: str, name: str, action: str = "", body: Any = None) -> D:
        document: D = read(await self._connection.send(method, self._path(name) + action, body=body))
        return document

    def _path(self, name: str) -> str:
        return f"/v1/{self._kind}s/{quote(name, safe='')}"
