"""Workers at one flow, in virtual time: views, transactions that conflict on rows, wake-ups.

Two transactions on one row at the same time conflict: the later one is refused. An end tries again after the
pauses of `aws.calls`, a pump looks again after its own. Other limits are left out, above all that of a
partition: see `UNITS_OF_A_START`.
"""

from __future__ import annotations

from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from claimcheck.aws.calls import BASE, CONFLICT_TRIES, LONGEST
from claimcheck.service.flows.pump import LONGEST_PAUSE, PAUSE

if TYPE_CHECKING:
    from collections.abc import Generator

    # A process yields the milliseconds until it goes on.
    Steps = Generator[float, None, None]
    # A process that can also be refused.
    Asked = Generator[float, None, bool]

# Milliseconds, as measured by others in one region: p50 of strongly consistent reads, of a view of some 170
# rows, of a transaction of three rows, and from the send of a message to its worker.
READ, VIEW, WRITE, TRANSACTION, SEND, DELIVERY = 4, 6, 5, 12, 8, 15
# Write units in the flow's partition for a job that waits: a slot and a ticket, each put and deleted in
# transactions. A partition takes 1,000 a second at first ("Amazon DynamoDB Developer Guide, "Burst and
# adaptive capacity"), and splits between sort keys if it stays hot.
UNITS_OF_A_START = 8


class Result(NamedTuple):
    starts: int
    seconds: float
    conflicts: int

    @property
    def rate(self) -> float:
        return self.starts / self.seconds


class Flow:
    """A flow whose whole line is there at the start. `work` is in milliseconds."""

    def __init__(self, slots: int, jobs: int, work: float, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - no secret
        self._work = work
        self._free = set(range(slots))
        self._line = list(range(jobs))
        self._locked: set[object] = set()
        self._now = 0.0
        self._events: list[tuple[float, int, Steps]] = []
        self._number = 0
        self._starts = self._conflicts = 0

    def run(self) -> Result:
        """Pump once for each slot, as that many first wake-ups do, and follow what comes of it."""
        for _ in range(len(self._free)):
            self._begin(self._random.uniform(0, 50), self._pump())
        while self._events:
            self._now, _, steps = heappop(self._events)
            pause = next(steps, None)
            if pause is not None:
                self._begin(pause, steps)
        return Result(self._starts, self._now / 1000, self._conflicts)

    def _begin(self, pause: float, steps: Steps) -> None:
        self._number += 1
        heappush(self._events, (self._now + self._jittered(pause), self._number, steps))

    def _jittered(self, pause: float) -> float:
        """Calls take between half and twice their usual time."""
        return pause * 2 ** self._random.uniform(-1, 1)

    def _pump(self) -> Steps:
        losses = 0
        while True:
            yield VIEW
            free, waiting = sorted(self._free), self._line[: len(self._free)]
            if not waiting or not free:
                return
            yield READ * 2
            first = self._random.randrange(len(waiting))
            granted: list[tuple[int, int]] = []
            start = self._random.randrange(len(free))
            slots = [*free[start:], *free[:start]]
            for job in [*waiting[first:], *waiting[:first]]:
                given = yield from self._grant(job, slots.pop())
                if given is None:
                    break
                granted.append(given)
            if granted:
                yield SEND
            for job, slot in granted:
                self._begin(DELIVERY, self._live(job, slot))
            if len(granted) == len(waiting):
                return
            losses += 1
            yield self._random.uniform(0, min(PAUSE * 2**losses, LONGEST_PAUSE))

    def _grant(self, job: int, slot: int) -> Generator[float, None, tuple[int, int] | None]:
        done = yield from self._transaction(("job", job), ("slot", slot), tries=1)
        if not done or job not in self._line or slot not in self._free:
            return None
        self._line.remove(job)
        self._free.remove(slot)
        return job, slot

    def _live(self, job: int, slot: int) -> Steps:
        yield READ
        yield WRITE
        self._starts += 1
        yield self._work
        yield from self._transaction(("job", job), ("slot", slot))
        self._free.add(slot)
        yield from self._pump()

    def _transaction(self, *rows: object, tries: int = CONFLICT_TRIES) -> Asked:
        """Return whether the transaction was made. A refused condition is the caller's."""
        for number in range(tries):
            if number:
                yield self._random.uniform(0, min(BASE * 2**number, LONGEST))
            if self._locked.isdisjoint(rows):
                self._locked.update(rows)
                yield TRANSACTION
                self._locked.difference_update(rows)
                return True
            self._conflicts += 1
            yield TRANSACTION / 2
        return False
