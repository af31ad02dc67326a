"""Look-ups of a name's addresses, with a time limit."""

import socket
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from claimcheck.outbound.errors import TimedOut, Unreachable

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return a name's addresses from the system's resolver, best first. Raises: OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def addresses_of(host: str, port: int, ask: Resolve, seconds: float) -> list[str]:
    """Look up a name's addresses in a thread, because `getaddrinfo` has no timeout and blocks signals.

    After `seconds` the thread is abandoned. Raises: Unreachable, TimedOut.
    """
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(ask(host, port))
        except Exception as error:  # noqa: BLE001 - passed to the other thread
            answers.put(error)

    Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TimedOut(f"{host} was not resolved in time") from None
    if isinstance(found, Exception) or not found:
        raise Unreachable("name_not_resolved", f"{host} could not be resolved")
    return list(found)
