"""Asking for a name's addresses, for no longer than there is time."""

from __future__ import annotations

import socket
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from claimcheck.outbound.errors import TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The system's answer: the addresses of a name, most promising first. Raises: OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def addresses_of(host: str, port: int, ask: Resolve, seconds: float) -> list[str]:
    """Look up once, in a thread of its own: `getaddrinfo` takes no timeout, and lets no signal through.

    A look-up that takes too long is left behind; it ends when the resolver gives up.
    Raises: Unreachable, TimedOut.
    """
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(ask(host, port))
        except Exception as error:  # noqa: BLE001 - told to whoever waits for it
            answers.put(error)

    Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TimedOut(f"{host} was not resolved in time") from None
    if isinstance(found, Exception) or not found:
        raise Unreachable("name_not_resolved", f"{host} could not be resolved")
    return list(found)
