"""The safety net: move the `due_at` of every due job, and send it a wake-up or end it if it is overdue.

The move of a late job comes first, so a row that fails is retried later and not at once, and overlapping
sweeps send few wake-ups twice. The delayed wake-up of a timer comes first: if it cannot be sent, the timer
stays due, and the next sweep sends it in time.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.job import MINUTE, SECOND, FlowKey, Job, Millis, clipped
from claimcheck.domain.observability import count_end, failure, measure_sweep, named, warn, warn_given_up
from claimcheck.domain.ports import SHARDS, DuePage, chunks
from claimcheck.domain.schedules import ScheduleKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from claimcheck.domain.ports import DueAfter
    from claimcheck.service.flows.sweeper import FlowSweeper
    from claimcheck.service.schedules.slots import SlotSubmitter
    from claimcheck.service.transition import Jobs

T = TypeVar("T")

PAGE = 100
# A sweep stops this long before its function's timeout. The next one continues.
SPARE = 5 * SECOND
# In a longer queue jobs are late because workers are few, not because wake-ups were lost. More wake-ups would
# slow the workers down. So only about this many late jobs a minute, drawn at random, are woken.
CROWD = 1000
# Characters that a log line has of a part that was not swept.
PART = 200


class Swept(NamedTuple):
    moved: int = 0
    woken: int = 0
    ended: tuple[Job, ...] = ()
    slots: int = 0

    @classmethod
    def total(cls, parts: Iterable[Swept]) -> Swept:
        each = list(parts)
        ended = chain.from_iterable(part.ended for part in each)
        moved, woken, slots = (
            sum(getattr(part, name) for part in each) for name in ("moved", "woken", "slots")
        )
        return cls(moved, woken, tuple(ended), slots)


class Sweeper:
    def __init__(
        self,
        jobs: Jobs,
        slot_submitter: Callable[[], SlotSubmitter],
        flow_sweeper: Callable[[], FlowSweeper],
        spread: Callable[..., Iterable[Any]] = map,
    ) -> None:
        """`spread` is `map`, or an executor's `map` to run in parallel."""
        self._jobs = jobs
        self._slot_submitter = slot_submitter
        self._flow_sweeper = flow_sweeper
        self._spread = spread

    def sweep(self, remaining: Callable[[], Millis]) -> Swept:
        """Sweep everything that is due now, as long as time remains. `remaining` returns milliseconds."""
        now = self._jobs.clock.now()
        swept = Swept.total(self._rounds(now, remaining))
        # In this thread only: parallel threads would mix their lines.
        for job in swept.ended:
            count_end(job)
        return swept

    def _rounds(self, now: Millis, remaining: Callable[[], Millis]) -> Iterator[Swept]:
        """Sweep round by round. A round is a page of every shard, read and sent in chunks of 100."""

        def in_time(act: Callable[..., Swept]) -> Callable[..., Swept]:
            return lambda found: act(found, now) if remaining() > SPARE else Swept()

        waiting: int | None = None
        for pages in self._pages(now, remaining):
            if waiting is None:
                measure_sweep(now - min(page.oldest or now for page in pages))
                # Before anything is sent, and only if there is more than one round.
                waiting = self._waiting() if any(page.after for page in pages) else 0
            job_ids = [job_id for page in pages for job_id in page.job_ids]
            schedules = [key for page in pages for key in page.keys(ScheduleKey)]
            flows = [key for page in pages for key in page.keys(FlowKey)]
            sweep_page = _guarded(partial(self._sweep_page, waiting), Swept(), "rows not swept")
            submit_slots = _guarded(self._submit_slots, Swept(), "slots not submitted")
            sweep_flow = _guarded(self._sweep_flow, Swept(), "flow not swept")
            yield from self._spread(in_time(sweep_page), chunks(job_ids, PAGE))
            yield from self._spread(in_time(submit_slots), schedules)
            yield from self._spread(in_time(sweep_flow), flows)

    def _pages(self, now: Millis, remaining: Callable[[], Millis]) -> Iterator[list[DuePage]]:
        """Return the rounds: a page of every shard that has one left."""
        left: dict[int, DueAfter | None] = dict.fromkeys(range(SHARDS))
        while left and remaining() > SPARE:
            look = _guarded(partial(self._due, now), DuePage([], None), "shard not swept to its end")
            pages: list[DuePage] = list(self._spread(look, left.items()))
            yield pages
            left = {shard: page.after for shard, page in zip(left, pages, strict=True) if page.after}

    def _waiting(self) -> int:
        """Return how many wake-ups wait for workers, or 0 if the queue does not answer."""
        return _guarded(self._jobs.queue().waiting, 0, "queue not measured")()

    def _due(self, now: Millis, left: tuple[int, DueAfter | None]) -> DuePage:
        shard, after = left
        return self._jobs.store.due(shard, now, after, PAGE)

    def _draws(self, waiting: int, until_next: Millis) -> bool:
        """Draw whether to wake a late job. The chance grows with the time until its next look."""
        return waiting <= CROWD or self._jobs.randomness.below(waiting * MINUTE - 1) < CROWD * until_next

    def _sweep_page(self, waiting: int, job_ids: list[str], now: Millis) -> Swept:
        """Move these jobs and wake those without a lease. `waiting` is the length of the queue."""
        found = [job for job in self._jobs.store.read_many(job_ids) if _is_due(job, now)]
        timers = [job for job in found if job.not_before > now and not job.leased(now)]
        woken, failed = self._jobs.wake_many(timers)
        unsent = {job.job_id for job in failed}
        moves = [
            move
            for each in found
            if each.job_id not in unsent and (move := self._move(each, now)) is not None
        ]
        moved = [after for _, after in moves]
        for job in moved:
            if job.callback is not None and job.callback.settled_at == now:
                warn_given_up(job)
        late = [
            job
            for job in moved
            if job.due_at is not None
            and not job.leased(now)
            and job.not_before <= now
            and self._draws(waiting, job.due_at - now)
        ]
        ended = tuple(job for job in moved if job.ended_at == now)
        # They have given back a slot. Those with a callback are among the late ones.
        late += [
            after.evolve(not_before=now)
            for before, after in moves
            if before.slot is not None and after.ended_at == now and not after.owes_callback
        ]
        return Swept(len(moved), woken + self._jobs.wake_many(late)[0], ended)

    def _submit_slots(self, key: ScheduleKey, now: Millis) -> Swept:
        return Swept(slots=self._slot_submitter().submit_due(key, now))

    def _sweep_flow(self, key: FlowKey, now: Millis) -> Swept:
        return Swept(woken=self._flow_sweeper().sweep(key, now))

    def _move(self, job: Job, now: Millis) -> tuple[Job, Job] | None:
        """Return the job before and after, or None if this sweep has not moved it.

        A bad row stops no others.
        """
        token = self._jobs.randomness.token()

        def decide(job: Job) -> Job:
            return job.swept(now) if _is_due(job, now) else job

        try:
            before, moved = self._jobs.transition(job, decide, token)
        except Conflict:
            return None
        except Exception:  # noqa: BLE001 - the other rows are due
            failure("row not swept", **named(job))
            return None
        return (before, moved) if moved.written_by == token else None


def _is_due(job: Job, now: Millis) -> bool:
    return job.due_at is not None and job.due_at <= now


def _guarded(act: Callable[..., T], otherwise: T, message: str) -> Callable[..., T]:
    """Return `act`, but with `otherwise` if it fails: one bad page or schedule stops no other."""

    def guarded(*args: Any) -> T:
        try:
            return act(*args)
        except Unavailable:
            warn(f"{message}: the next sweep continues", part=clipped(repr(args[:1]), PART))
        except Exception:  # noqa: BLE001 - the other parts are due
            failure(message, part=clipped(repr(args[:1]), PART))
        return otherwise

    return guarded
