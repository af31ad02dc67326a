"""The line of a flow: how jobs enter it, and the pump, which is the only way out.

A pump gives free slots to the first in line. A worker runs it after it has ended a job or put one into the
line, and for each wake-up of a waiting or ended job. Any number of pumps can run at once: each grant is one
conditional write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from claimcheck.domain.errors import Conflict, SlotTaken, Unavailable
from claimcheck.domain.flows import MICRO, Limits, View
from claimcheck.domain.job import GRACE, SECOND, Millis
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import WakeUp
from claimcheck.service.transition import MOST_CHANGES, wake_ups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.flows import Slot, Ticket
    from claimcheck.domain.job import FlowKey, Job
    from claimcheck.domain.ports import FlowStore, JobStore, WakeUpQueue
    from claimcheck.service.transition import Jobs

T = TypeVar("T")

# A call of a pump makes at most this many grants. The next job in line then pumps again.
MOST_GRANTS = 100
# A pump that was slower than another waits this long before it looks again, with full jitter: milliseconds,
# doubled each time up to the longest. Without it, pumps of a busy flow mostly disturb each other.
PAUSE, LONGEST_PAUSE = 50, 1000
# Longer than a pump takes for its grants.
TURN = 10 * SECOND


@dataclass(slots=True)
class Block:
    """The starts that a pump has not given yet. With a rate it has reserved them, and it has its turn.

    Until the end of the `turn` no other pump reserves any. Otherwise each would for the same jobs, and most
    starts were lost.
    """

    starts: list[Millis] = field(default_factory=list)
    turn: Millis | None = None


class Look(NamedTuple):
    """A flow at one moment, with the slots that it could give: None for each, if the flow is gone."""

    view: View
    limits: Limits
    room: list[int | None]

    @property
    def open(self) -> bool:
        """Return whether a job can start at once: nobody waits, and nothing else limits its start."""
        return bool(self.room) and not self.view.tickets and self.limits.rate is None


class Pump:
    def __init__(self, jobs: Jobs, flows: FlowStore, find_type: Callable[[Job], JobType | None]) -> None:
        """`find_type` returns None if this code does not know the job's type."""
        self._jobs = jobs
        self._flows = flows
        self._find_type = find_type

    def look(self, job: Job) -> Look:
        """Look at the flow of a job."""
        key = _flow_of(job)
        view = self._flows.view(key)
        if not key.declared and view.flow is None:
            return Look(view, Limits(), [None] * max(len(view.tickets), 1))
        limits = self._declared(job) if view.flow is None else view.flow.limits
        newer = view.flow is not None and view.flow.newer_than_code
        if limits is None or limits.paused or newer:
            return Look(view, limits or Limits(), [])
        return Look(view, limits, self._rotated(view.free(limits)))

    def _declared(self, job: Job) -> Limits | None:
        job_type = self._find_type(job)
        if job_type is None:
            return None
        flow = job_type.flow
        return Limits() if flow is None else Limits(flow.concurrency, flow.rate)

    def expect(self, job: Job, seen: View) -> None:
        """Make the job's flow due, before the job enters its line. Raises: Unavailable.

        A ticket in a flow that is not due could be forgotten.
        """
        if seen.due_at is None:
            self._flows.set_due(_flow_of(job), None, self._jobs.clock.now() + GRACE)

    def pump(self, job: Job) -> None:
        """Give what is free in the job's flow to the first in line. Raises: Unavailable."""
        key, block, left, losses = _flow_of(job), Block(), MOST_GRANTS, 0
        passed_over: set[str] = set()
        while losses < MOST_CHANGES:
            if losses:
                # Other pumps are at work.
                self._jobs.clock.sleep(self._jobs.randomness.below(min(PAUSE * 2**losses, LONGEST_PAUSE)))
            look = self.look(job)
            waiting = [each for each in look.view.tickets if each.job_id not in passed_over]
            if waiting:
                self.expect(job, look.view)
            room = look.room[: min(left, len(waiting))]
            if not self._reserve(key, look, len(room), block):
                return
            chosen = waiting[: min(len(room), len(block.starts))]
            # The first in line gets the first start.
            served = self._rotated(list(zip(chosen, block.starts, strict=False)))
            granted = self._grant(key, served, room, block.starts, passed_over) if served else 0
            left -= granted
            if granted < len(chosen):
                losses += 1
                if passed_over:
                    # Mostly more follow: find all of them at once.
                    known = {job.job_id for job in self._read(waiting).values() if not job.newer_than_code}
                    passed_over |= {ticket.job_id for ticket in waiting} - known
            elif not self._end_turn(key, block) or left == 0:
                if left == 0:
                    wake_first(self._jobs.queue(), waiting[len(chosen) :])
                return
        raise Unavailable("The flow is being changed by other requests: try again.")

    def _reserve(self, key: FlowKey, look: Look, count: int, block: Block) -> bool:
        """Add starts to the block until it has as many as `count`, or as the rate allows.

        Return False if another pump has its turn. That one looks again when it has given its starts.
        """
        now, rate, view = self._jobs.clock.now(), look.limits.rate, look.view
        if rate is None:
            block.starts += [now] * (count - len(block.starts))
            return True
        reserved = rate.starts_from(rate.first_start(view.next_start_at, now), now, count - len(block.starts))
        if not reserved:
            return True
        if view.turn is not None and view.turn > now and view.turn != block.turn:
            return False
        turn = now + TURN
        if not self._flows.reserve(key, view.next_start_at, reserved[-1] + rate.interval, turn):
            return False
        block.starts += [-(-start // MICRO) for start in reserved]
        block.turn = turn
        return True

    def _end_turn(self, key: FlowKey, block: Block) -> bool:
        """Let other pumps reserve starts. Return whether there was a turn.

        Then this pump must look again, because others have left their jobs to it.
        """
        if block.turn is None:
            return False
        self._flows.end_turn(key, block.turn)
        block.turn = None
        return True

    def _grant(
        self,
        key: FlowKey,
        served: Sequence[tuple[Ticket, Millis]],
        room: list[int | None],
        starts: list[Millis],
        passed_over: set[str],
    ) -> int:
        """Give each job a slot and its start, and remove that from `starts`. Return how many have got it.

        Add the jobs that stay, for code that can read them, to `passed_over`.
        """
        jobs = self._read([ticket for ticket, _ in served])
        granted: list[Job] = []
        for ticket, start in served:
            job = jobs.get(ticket.job_id)
            if is_void(self._jobs.store, key, ticket, job):
                self._flows.delete_void(key, ticket)
            elif job is None or job.newer_than_code:
                passed_over.add(ticket.job_id)
            elif given := self._give(job, ticket, room.pop(), start, starts):
                granted.append(given)
            else:
                # What was seen is old.
                break
        self._send(granted)
        return len(granted)

    def _read(self, tickets: Sequence[Ticket]) -> dict[str, Job]:
        return {job.job_id: job for job in self._jobs.store.read_many([each.job_id for each in tickets])}

    def _give(
        self, job: Job, ticket: Ticket, slot: int | None, start: Millis, starts: list[Millis]
    ) -> Job | None:
        """Return the job with its slot and its start, or None if it has not got these.

        Another pump can be faster. After a failed call, the start may be used, so it is lost.
        """
        now, token = self._jobs.clock.now(), self._jobs.randomness.token()

        def decide(job: Job) -> Job:
            return job.granted(slot, start, now) if job.waits == ticket.since else job

        try:
            _, given = self._jobs.transition(job, decide, token)
        except Unavailable:
            starts.remove(start)
            return None
        except (Conflict, SlotTaken):
            return None
        if given.written_by != token:
            return None
        starts.remove(start)
        return given

    def _send(self, granted: list[Job]) -> None:
        wake_ups = wake_ups_of(granted, self._jobs.clock.now())
        if wake_ups and (unsent := self._jobs.queue().send_many(list(wake_ups))):
            warn("wake-ups not sent: the sweeper will", unsent=len(unsent))

    def _rotated(self, things: Sequence[T]) -> list[T]:
        """Return the things from a random one on, so that pumps at one time rarely begin with the same."""
        first = self._jobs.randomness.below(len(things) - 1) if things else 0
        return [*things[first:], *things[:first]]


def is_void(store: JobStore, key: FlowKey, row: Slot | Ticket, job: Job | None) -> bool:
    """Return whether no job holds the row. `job` is None if `read_many` had none. Raises: Unavailable.

    That can be a job whose row this code cannot read: it keeps its place.
    """
    if job is None:
        try:
            job = store.read(row.job_id)
        except (KeyError, TypeError, ValueError):
            return False
    return row.void(key, job)


def wake_first(queue: WakeUpQueue, tickets: Sequence[Ticket]) -> None:
    """Let the first in line pump the flow. If this fails, the sweeper finds the flow due."""
    for ticket in tickets[:1]:
        try:
            queue.send(WakeUp(ticket.job_id, ticket.org))
        except Unavailable:
            warn("wake-up not sent: the sweeper will", job_id=ticket.job_id)


def _flow_of(job: Job) -> FlowKey:
    assert job.flow is not None
    return job.flow
