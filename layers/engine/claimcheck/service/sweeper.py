"""The safety net: whatever is due is moved on, then ended when overdue, else woken.

Moving first means that a row which cannot be woken or ended comes back later instead of at
once, and that overlapping sweeps send few wake-ups twice. None of it decides what happens to a job:
that is the worker's, on what it reads.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.job import MINUTE, SECOND, Job, wake_up_delay
from claimcheck.domain.observability import count_end, failure, warn, warn_given_up
from claimcheck.domain.ports import SHARDS, DuePage, WakeUp
from claimcheck.service.transition import transition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import Clock, DueAfter, JobStore, Randomness, WakeUpQueue
    from claimcheck.domain.schedules import ScheduleKey
    from claimcheck.service.schedules.slots import SlotSubmitter

PAGE = 100
# A sweep stops this long before its function would be stopped; the next tick goes on.
SPARE = 5 * SECOND
# A queue with more wake-ups than this is taken to hold those of the jobs that are late. To wake all of these
# once more would take the workers' time from work, make more jobs late, and so on without an end: about this
# many of them are woken a minute, drawn, so that each whose wake-up is lost after all comes to its turn.
CROWD = 1000


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
        store: JobStore,
        queue: WakeUpQueue,
        slot_submitter: Callable[[], SlotSubmitter],
        clock: Clock,
        randomness: Randomness,
        spread: Callable[..., Iterable[Any]] = map,
    ) -> None:
        """`spread` goes over what can be done side by side: `map` does not, an executor's `map` does."""
        self._store = store
        self._queue = queue
        self._slot_submitter = slot_submitter
        self._clock = clock
        self._randomness = randomness
        self._spread = spread

    def sweep(self, remaining: Callable[[], Millis]) -> Swept:
        """Look after everything that is due now, for as long as time remains."""
        now = self._clock.now()
        swept = Swept.total(self._rounds(now, remaining))
        # Here and not where they end: threads would write into each other's lines.
        for job in swept.ended:
            count_end(job)
        return swept

    def _rounds(self, now: Millis, remaining: Callable[[], Millis]) -> Iterator[Swept]:
        """What every round of pages found, read and sent together whichever shards it is from."""

        def in_time(act: Callable[..., Swept]) -> Callable[..., Swept]:
            return lambda found: act(found, now) if remaining() > SPARE else Swept()

        waiting: int | None = None
        for pages in self._pages(now, remaining):
            if waiting is None:
                # Asked before anything is sent, and not where one round is all.
                waiting = self._waiting() if any(page.after for page in pages) else 0
            job_ids = [job_id for page in pages for job_id in page.job_ids]
            chunks = [job_ids[i : i + PAGE] for i in range(0, len(job_ids), PAGE)]
            yield from self._spread(in_time(partial(self._sweep_page, waiting)), chunks)
            yield from self._spread(
                in_time(self._submit_slots), [key for page in pages for key in page.schedules]
            )

    def _pages(self, now: Millis, remaining: Callable[[], Millis]) -> Iterator[list[DuePage]]:
        """Round by round a page of every shard that has one left."""
        left: dict[int, DueAfter | None] = dict.fromkeys(range(SHARDS))
        while left and remaining() > SPARE:
            pages: list[DuePage] = list(self._spread(partial(self._due, now), left.items()))
            yield pages
            left = {shard: page.after for shard, page in zip(left, pages, strict=True) if page.after}

    def _waiting(self) -> int:
        """How many wake-ups wait for workers. A queue that cannot be asked is taken for empty."""
        try:
            return self._queue.waiting()
        except Unavailable:
            return 0

    def _due(self, now: Millis, left: tuple[int, DueAfter | None]) -> DuePage:
        shard, after = left
        try:
            return self._store.due(shard, now, after, PAGE)
        except Unavailable:
            warn("shard not swept to its end: the next sweep goes on", shard=shard)
            return DuePage([], [], None)

    def _draws(self, waiting: int, until_next: Millis) -> bool:
        """Whether a job that is late is among those woken, where so many wake-ups wait already. Who is looked
        at seldom has the chance of all the minutes until the next look."""
        return waiting <= CROWD or self._randomness.below(waiting * MINUTE - 1) < CROWD * until_next

    def _sweep_page(self, waiting: int, job_ids: list[str], now: Millis) -> Swept:
        """Move these, and wake those of them that nobody holds, where so many wake-ups wait already."""
        try:
            found = self._store.read_many(job_ids)
        except Unavailable:
            warn("rows not swept: the next sweep goes on", rows=len(job_ids))
            return Swept()
        moved = [job for each in found if (job := self._move(each, now))]
        ended = tuple(job for job in moved if job.ended_at == now)
        for job in moved:
            if job.callback is not None and job.callback.settled_at == now:
                warn_given_up(job)
        wake_ups = [
            WakeUp(job.job_id, job.org, delay)
            for job in moved
            if job.due_at is not None
            and not job.leased(now)
            and (job.not_before > now or self._draws(waiting, job.due_at - now))
            and (delay := wake_up_delay(job.not_before, self._clock.now())) is not None
        ]
        unsent = self._queue.send_many(wake_ups)
        if unsent:
            warn("wake-ups not sent: a later sweep will", unsent=unsent)
        return Swept(len(moved), len(wake_ups) - unsent, ended)

    def _submit_slots(self, key: ScheduleKey, now: Millis) -> Swept:
        """One bad schedule never stops the others, either."""
        try:
            return Swept(slots=self._slot_submitter().submit_due(key, now))
        except Unavailable:
            warn("slots not submitted: the next sweep tries again", org=key.org, schedule=key.name)
        except Exception:  # noqa: BLE001 - whatever is wrong with this schedule, the others are due
            failure("slots not submitted", org=key.org, schedule=key.name)
        return Swept()

    def _move(self, job: Job, now: Millis) -> Job | None:
        """The job as this sweep moved it, or None; one bad row never stops the others."""
        token = self._randomness.token()

        def decide(job: Job) -> Job:
            return job.swept(now) if job.due_at is not None and job.due_at <= now else job

        try:
            _, moved = transition(self._store, job, decide, token)
        except Conflict:
            return None
        except Exception:  # noqa: BLE001 - whatever is wrong with this row, the others are due
            failure("row not swept", job_id=job.job_id)
            return None
        return moved if moved.written_by == token else None
