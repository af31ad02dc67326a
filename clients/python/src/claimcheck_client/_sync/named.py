"""Documents of an org that have names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from claimcheck_client._errors import unless
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck_client._sync.connection import Connection

D = TypeVar("D")


class Named(Generic[D]):
    """The documents of one kind that the key's org has. Every method raises ApiError or NoAnswer."""

    _kind: ClassVar[str]

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> D:
        return self._send("GET", name)

    def list(self) -> Iterator[D]:
        """Yield all of them, by name."""
        yield from self._connection.pages(f"/v1/{self._kind}s", f"{self._kind}s")

    def pause(self, name: str) -> D:
        return self._send("POST", name, "/pause")

    def resume(self, name: str) -> D:
        return self._send("POST", name, "/resume")

    def delete(self, name: str) -> None:
        """Delete it, if there is one: a repeat of the request finds none."""
        with unless(f"{self._kind}_not_found"):
            self._connection.send("DELETE", self._path(name))

    def _send(self, method: str, name: str, action: str = "", body: Any = None) -> D:
        document: D = read(self._connection.send(method, self._path(name) + action, body=body))
        return document

    def _path(self, name: str) -> str:
        return f"/v1/{self._kind}s/{quote(name, safe='')}"
