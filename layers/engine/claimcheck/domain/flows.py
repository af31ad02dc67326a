"""Flows: limits on the jobs that run at once and on their starts, and the pure decisions about them.

A job holds a *slot* of its flow from its first start to its end. Until it gets one, it waits in the flow's
*line*, where its *ticket* is its place. Durations are in milliseconds, except those of `Rate`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.domain.job import SECOND, FlowKey, Millis, has_unknown_needs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.domain.job import Job

# Since the epoch, because the time between two starts can be a fraction of a millisecond.
Micros = int
MICRO = 1000  # in a millisecond

FLOW_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
MAX_FLOWS = 100
# The slots of a flow are read at once.
MAX_CONCURRENCY = 1000
MAX_STARTS = 1000
MAX_PERIOD = 86_400  # seconds
# Also the highest number of waiting jobs that is counted.
MAX_WAITING = 10_000
# Starts are reserved this far ahead at most.
AHEAD = 90 * SECOND
# The tickets that are read at once: at most a hundred are served, and the next shows whether there are more.
FIRST = 101


class Rate(NamedTuple):
    """At most `starts` in `per_seconds`, evenly spaced. After a pause, `burst` of them can come at once."""

    starts: int
    per_seconds: int = 1
    burst: int = 1

    @property
    def interval(self) -> Micros:
        """The time between two starts, rounded up so that there are never too many."""
        return -(-self.per_seconds * SECOND * MICRO // self.starts)

    def first_start(self, seen: Micros | None, now: Millis) -> Micros:
        """Return the next start that is free. `seen` follows the last reserved one."""
        return max(seen or 0, now * MICRO - (self.burst - 1) * self.interval)

    def starts_from(self, first: Micros, now: Millis, most: int) -> list[Micros]:
        """Return the free starts, `most` of them, as far as starts are reserved ahead."""
        count = ((now + AHEAD) * MICRO - first) // self.interval + 1
        return [first + number * self.interval for number in range(min(count, most))]


class Limits(NamedTuple):
    concurrency: int = MAX_CONCURRENCY
    rate: Rate | None = None
    paused: bool = False
    max_waiting: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow that an org has stored."""

    org: str
    name: str
    limits: Limits
    created_at: Millis
    # The fields from here on change.
    written_by: str = ""
    updated_at: Millis = 0
    # As in `Job`.
    needs: tuple[str, ...] = ()
    unknown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> FlowKey:
        return FlowKey(self.org, self.name)

    @property
    def newer_than_code(self) -> bool:
        return has_unknown_needs(self.needs)

    def evolve(self, **changes: Any) -> Flow:
        return replace(self, **changes)


class Slot(NamedTuple):
    """A slot and the job that holds it. `token` identifies the write that put it there."""

    number: int
    job_id: str
    token: str

    def void(self, key: FlowKey, job: Job | None) -> bool:
        """Return whether the job does not hold this slot. `job` was read after the slot."""
        return job is None or job.ended_at is not None or (job.flow, job.slot) != (key, self.number)


class Ticket(NamedTuple):
    """A job's place in the line of its flow, which is sorted by `since` and then by `job_id`."""

    since: Millis
    job_id: str
    org: str
    token: str

    def void(self, key: FlowKey, job: Job | None) -> bool:
        """Return whether the job does not wait here. `job` was read after the ticket."""
        return job is None or job.ended_at is not None or (job.flow, job.waits) != (key, self.since)


class View(NamedTuple):
    """A flow at one moment: all its slots, and the first of its line.

    `flow` is None if it does not exist, and for flows of job types. `due_at` is set while jobs wait. Until
    `turn`, a pump gives starts that it has reserved, and no other reserves any.
    """

    flow: Flow | None
    due_at: Millis | None
    next_start_at: Micros | None
    slots: tuple[Slot, ...]
    tickets: tuple[Ticket, ...]
    turn: Millis | None

    def free(self, limits: Limits) -> list[int]:
        """Return the free slots. After the limit was lowered, there can be fewer than free numbers."""
        taken = {slot.number for slot in self.slots}
        free = [number for number in range(limits.concurrency) if number not in taken]
        return free[: max(limits.concurrency - len(taken), 0)]
