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
    MemoryCreditStore,
    MemoryDocumentStore,
    MemoryFlowStore,
    MemoryObjectStore,
    MemoryScheduleStore,
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

    def copied(self) -> Backend:
        made: Backend = _copied(self, {})
        return made

    def fingerprint(self) -> bytes:
        return digest(_canonical(self, set()))


# The objects that change.
MUTABLE = frozenset(
    (
        Backend,
        Receiver,
        FrozenClock,
        Witness,
        MemoryCreditStore,
        MemoryDocumentStore,
        MemoryFlowStore,
        MemoryObjectStore,
        MemoryScheduleStore,
        MemoryWakeUpQueue,
    )
)


def digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _copied(value: Any, known: dict[int, Any]) -> Any:
    kind = type(value)
    if kind in MUTABLE:
        made = known.get(id(value))
        if made is None:
            made = known[id(value)] = object.__new__(kind)
            vars(made).update({name: _copied(each, known) for name, each in vars(value).items()})
        return made
    if kind is dict:
        return {key: _copied(each, known) for key, each in value.items()}
    return value.copy() if kind is list or kind is set else value


def _canonical(value: Any, known: set[int]) -> str:
    """Return a text that is equal for equal values, without the order in which they were made."""
    kind = type(value)
    if kind in MUTABLE:
        if id(value) in known:
            return ""
        known.add(id(value))
        return _canonical({name: each for name, each in vars(value).items() if name != "_lock"}, known)
    if kind is dict:
        return (
            f"{{{', '.join(sorted(f'{key!r}: {_canonical(each, known)}' for key, each in value.items()))}}}"
        )
    return repr(sorted(value)) if kind is list or kind is set else repr(value)
