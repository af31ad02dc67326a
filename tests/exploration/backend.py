"""Everything that outlives a process: rows, queue, objects, and the time.

A backend that a step has made is never changed again: the next step works on a copy. Equal backends have
equal fingerprints, after any history.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from claimcheck.outbound import Answer
from claimcheck.testing import (
    FrozenClock,
    MemoryDocumentStore,
    MemoryObjectStore,
    MemoryWakeUpQueue,
)
from tests.simulation.witness import Witness


class Receiver:
    """A receiver of callbacks that takes each one. `took` has the times."""

    def __init__(self, clock: FrozenClock, store: Witness) -> None:
        self._clock = clock
        self._store = store
        self.took: dict[str, list[int]] = {}
        self.turned_down: set[str] = set()
        self.violations: list[str] = []

    def request(self, method: str, url: str, headers: Any, body: bytes, *, timeout: float) -> Answer:
        job_id = headers["webhook-id"]
        if job_id not in self._store.ends:
            self.violations.append("a callback was sent before the end")
        self.took[job_id] = [*self.took.get(job_id, ()), self._clock.now()]
        return Answer(200, {}, b"")


class Backend:
    """The names are those of the ports. Other names are what the checks of the simulation look at."""

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.store = Witness()
        self.schedules = self.store.schedules
        self.flows = self.store.flows
        self.queue = MemoryWakeUpQueue(self.clock)
        self.objects = MemoryObjectStore()
        self.documents = MemoryDocumentStore()
        self.receiver = Receiver(self.clock, self.store)
        self.added: dict[str, int] = {}
        self.accepted: dict[str, str] = {}
        self.by_key: dict[tuple[str, str], set[str]] = {}
        self.early: list[str] = []
        self.default_of = ""
        self._digests: list[bytes] = []

    def copied(self) -> Backend:
        made = {id(each): object.__new__(type(each)) for each in self._objects()}
        for each in self._objects():
            vars(made[id(each)]).update(
                {
                    name: made[id(part)] if type(part) in MUTABLE else _copied(part)
                    for name, part in vars(each).items()
                }
            )
        copy: Backend = made[id(self)]
        return copy

    def fingerprint(self, before: Backend | None = None) -> bytes:
        """Return a digest of its parts. Those that are as in the backend `before` keep their digests."""
        parts = self._parts()
        if before is None:
            self._digests = [_digested(part) for part in parts]
        else:
            rows = zip(parts, before._parts(), before._digests, strict=True)
            self._digests = [known if part == old else _digested(part) for part, old, known in rows]
        return digest(b"".join(self._digests))

    def _objects(self) -> tuple[Any, ...]:
        """Return all objects that change."""
        stores = (self.store, self.store.credits, self.schedules, self.flows, self.objects, self.documents)
        return (self, self.clock, *stores, self.queue, self.receiver)

    def _parts(self) -> list[Any]:
        return [
            part
            for each in self._objects()
            for name, part in vars(each).items()
            if name not in NO_PARTS and type(part) not in MUTABLE
        ]


MUTABLE = frozenset(map(type, Backend()._objects()))
NO_PARTS = {"lock", "_lock", "_digests"}
CONTAINERS = {dict, list, set}


def digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


def _digested(part: Any) -> bytes:
    return digest(_canonical(part).encode())


def _copied(part: Any) -> Any:
    kind = type(part)
    if kind is dict:
        return {key: _copied(each) if type(each) in CONTAINERS else each for key, each in part.items()}
    return part.copy() if kind is list or kind is set else part


def _canonical(part: Any) -> str:
    """Return a text that is equal for equal parts, without the order in which they were made."""
    kind = type(part)
    if kind is dict:
        return f"{{{', '.join(sorted(f'{key!r}: {_canonical(each)}' for key, each in part.items()))}}}"
    return repr(sorted(part)) if kind is list or kind is set else repr(part)
