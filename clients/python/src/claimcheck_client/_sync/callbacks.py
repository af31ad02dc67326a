"""Callbacks of jobs that ask for none themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from claimcheck_client._errors import unless
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from claimcheck_client._documents import DefaultCallback
    from claimcheck_client._sync.connection import Connection

PATH = "/v1/callbacks/default"


class Callbacks:
    """The callbacks of the key's org. Every method raises ApiError or NoAnswer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_default(self, url: str, *, on: Literal["failed", "ended"] = "failed") -> DefaultCallback:
        """Have the URL called for each job that has failed, or for each that has ended."""
        body = {"url": url, "on": on}
        stored: DefaultCallback = read(self._connection.send("PUT", PATH, body=body))
        return stored

    def get_default(self) -> DefaultCallback | None:
        """Return it, with the secrets of its URL hidden. None without one."""
        with unless("default_callback_not_found"):
            stored: DefaultCallback = read(self._connection.send("GET", PATH))
            return stored
        return None

    def delete_default(self) -> None:
        """Delete it, if there is one: a repeat of the request finds none."""
        with unless("default_callback_not_found"):
            self._connection.send("DELETE", PATH)
