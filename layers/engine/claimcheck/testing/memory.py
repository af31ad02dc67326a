"""The ports in memory. They pass the conformance suite of the AWS adapters."""

from __future__ import annotations

from bisect import bisect_right, insort
from threading import Lock, RLock
from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken, NameTaken, Unavailable
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Execution, Movement
from claimcheck.domain.keys import Use, Window
from claimcheck.domain.ports import (
    FAR,
    RECORDED,
    DuePage,
    NewJob,
    Page,
    WakeUp,
    failed_place,
    shard_of,
    shard_of_key,
)
from claimcheck.testing.flows import MemoryFlowStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from claimcheck.domain.job import Delivery, Job, Millis, Reservation
    from claimcheck.domain.keys import ApiKey
    from claimcheck.domain.ports import Clock, DueAfter
    from claimcheck.domain.schedules import Replacement, Schedule, ScheduleKey


def _newest(ids: Iterable[str], after: str | None, limit: int) -> Page[str]:
    found = sorted((each for each in ids if after is None or each < after), reverse=True)
    return Page(found[:limit], found[limit - 1] if len(found) > limit else None)


class MemoryCreditStore:
    def __init__(self) -> None:
        self._credits: dict[str, int] = {}
        self._ledgers: dict[str, dict[tuple[str, str], Movement]] = {}

    def credits(self, org: str) -> int:
        return self._credits.get(org, 0)

    def add_credits(self, org: str, amount: int, at: Millis, token: str) -> None:
        self.move(org, Movement(at, amount, "added"), token)

    def ledger(self, org: str, limit: int, after: str | None = None) -> Page[Movement]:
        entries = {
            f"{entry.at:015}#{reason}#{token}": entry
            for (reason, token), entry in self._ledgers.get(org, {}).items()
        }
        page = _newest(entries, after, limit)
        return Page([entries[name] for name in page.entries], page.after)

    def move(self, org: str, movement: Movement, token: str) -> None:
        ledger = self._ledgers.setdefault(org, {})
        if ledger.setdefault((movement.reason, token), movement) is movement:
            self._credits[org] = self.credits(org) + movement.amount

    def charge(self, jobs: Sequence[Job]) -> None:
        org, price = jobs[0].org, sum(job.charge for job in jobs)
        if (left := self.credits(org)) < price:
            raise InsufficientCredits(price, left)
        for job in jobs:
            if job.charge:
                self.move(org, Movement(job.created_at, -job.charge, "charged", job.job_id), job.job_id)


class MemoryScheduleStore:
    def __init__(self) -> None:
        self._schedules: dict[ScheduleKey, Schedule] = {}
        self._job_ids: dict[ScheduleKey, set[str]] = {}
        self.lock = RLock()

    def read(self, key: ScheduleKey) -> Schedule | None:
        return self._schedules.get(key)

    def put(self, old: Schedule | None, new: Schedule) -> bool:
        with self.lock:
            stored = self._schedules.get(new.key)
            if stored is not None and stored.written_by == new.written_by:
                return True
            if not (stored is None if old is None else self.has(old)):
                return False
            self._schedules[new.key] = new
            return True

    def has(self, schedule: Schedule) -> bool:
        stored = self._schedules.get(schedule.key)
        return stored is not None and stored.written_by == schedule.written_by

    def delete(self, schedule: Schedule) -> bool:
        with self.lock:
            if self.has(schedule):
                del self._schedules[schedule.key]
            return schedule.key not in self._schedules

    def list_schedules(self, org: str, after: str | None, limit: int) -> Page[Schedule]:
        found = sorted(
            key for key in self._schedules if key.org == org and (after is None or key.name > after)
        )
        last = found[limit - 1].name if len(found) > limit else None
        return Page([self._schedules[key].evolve(input="") for key in found[:limit]], last)

    def record(self, key: ScheduleKey, job: Job) -> None:
        self._job_ids.setdefault(key, set()).add(job.job_id)

    def job_ids(self, key: ScheduleKey, after: str | None, limit: int) -> Page[str]:
        return _newest(self._job_ids.get(key, ()), after, limit)

    def all_schedules(self) -> list[Schedule]:
        return list(self._schedules.values())


class MemoryJobStore:
    def __init__(self) -> None:
        self.credits = MemoryCreditStore()
        self.schedules = MemoryScheduleStore()
        self.flows = MemoryFlowStore()
        self._jobs: dict[str, Job] = {}
        self._reservations: dict[tuple[str, str], Reservation] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._executions: dict[str, dict[int, Execution]] = {}
        self._deliveries: dict[str, dict[int, Delivery]] = {}
        self._lock = Lock()

    def insert(
        self,
        job: Job,
        key_hash: str | None,
        reservation: Reservation | None,
        schedule: Replacement | None = None,
        retried: Job | None = None,
    ) -> None:
        with self._lock, self.schedules.lock:
            if job.job_id in self._jobs:
                return
            if schedule is not None and not self.schedules.has(schedule.old):
                raise Conflict(None)
            if retried is not None:
                self._check_current(retried)
            self._insert([NewJob(job, key_hash, reservation)])
            if retried is not None:
                self._jobs[retried.job_id] = retried.retried(job)
            if schedule is not None:
                self.schedules.put(*schedule)
                self.schedules.record(schedule.new.key, job)

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        with self._lock:
            if jobs[0].job.job_id not in self._jobs:
                self._insert(jobs)

    def _insert(self, jobs: Sequence[NewJob]) -> None:
        for new in jobs:
            if new.key_hash is not None:
                self._check_free(new.job.org, new.key_hash, new.job.created_at)
            self._check_beside(None, new.job)
        self.credits.charge([each.job for each in jobs])
        for new in jobs:
            if new.key_hash is not None and new.reservation is not None:
                self._reservations[new.job.org, new.key_hash] = new.reservation
            self._jobs[new.job.job_id] = new.job
            self._beside(None, new.job)

    def _check_free(self, org: str, key_hash: str, now: Millis) -> None:
        taken = self._reservations.get((org, key_hash))
        if taken is not None and taken.expires_at > now:
            raise KeyTaken(taken)

    def _check_beside(self, old: Job | None, new: Job) -> None:
        """Raises: the refusal of a change beside the job."""
        for name in sorted(new.unique_names - _names(old)):
            if holder := self._names.get((new.org, name)):
                raise NameTaken(name, holder)
        if old is not None:
            self.flows.check(old, new)

    def _beside(self, old: Job | None, new: Job) -> None:
        """Change what changes with a job, except charges: these are of all new jobs together."""
        if old is not None and new.refund and old.ended_at is None:
            refunded = Movement(new.ended_at or 0, new.refund, "refunded", new.job_id)
            self.credits.move(new.org, refunded, new.job_id)
        for name in _names(old) - new.unique_names:
            self._names.pop((new.org, name), None)
        self._names |= {(new.org, name): new.job_id for name in new.unique_names}
        if old is not None:
            self.flows.move(old, new)

    def reserve(self, key_hash: str, reservation: Reservation, now: Millis) -> None:
        with self._lock:
            self._check_free(reservation.accepted.org, key_hash, now)
            self._reservations[reservation.accepted.org, key_hash] = reservation

    def release_name(self, org: str, name: str, job_id: str) -> None:
        with self._lock:
            if self._names.get((org, name)) == job_id:
                del self._names[org, name]

    def reservation(self, org: str, key_hash: str) -> Reservation | None:
        return self._reservations.get((org, key_hash))

    def read(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def read_many(self, job_ids: Sequence[str]) -> list[Job]:
        return [self._jobs[job_id] for job_id in job_ids if job_id in self._jobs]

    def replace(self, old: Job, new: Job, record: Execution | Delivery | None = None) -> None:
        with self._lock, self.flows.lock:
            stored = self._jobs.get(old.job_id)
            if stored is not None and stored.written_by == new.written_by:
                return
            self._check_current(old)
            self._check_beside(old, new)
            self._beside(old, new)
            self._jobs[old.job_id] = new
            if isinstance(record, Execution):
                self._executions.setdefault(new.job_id, {})[record.number] = record
            elif record is not None:
                self.record_delivery(new, record)

    def _check_current(self, job: Job) -> None:
        stored = self._jobs.get(job.job_id)
        if stored is None or stored.written_by != job.written_by:
            raise Conflict(stored)

    def list_jobs(
        self, org: str, after: str | None, limit: int, since: Millis = 0, before: Millis = FAR
    ) -> Page[str]:
        mine = (job for job in self.indexed() if job.org == org and since <= job.created_at < before)
        return _newest((job.job_id for job in mine), after, limit)

    def list_failed(self, org: str, after: str | None, limit: int, since: Millis = 0) -> Page[str]:
        places = {
            failed_place(job.failed_at, job.job_id): job.job_id
            for job in self.indexed()
            if job.org == org and job.failed_at is not None and job.failed_at >= since
        }
        page = _newest(places, after, limit)
        return Page([places[place] for place in page.entries], page.after)

    def due(self, shard: int, now: Millis, after: DueAfter | None, limit: int) -> DuePage:
        rows: list[DueAfter] = [
            (job.due_at, job.job_id)
            for job in self.indexed()
            if job.due_at is not None and job.due_at <= now and shard_of(job.job_id) == shard
        ]
        rows += [
            (each.due_at, each.key)
            for each in self.schedules.all_schedules()
            if each.due_at is not None and each.due_at <= now and shard_of_key(each.key) == shard
        ]
        rows += [row for row in self.flows.due_flows() if row[0] <= now and shard_of_key(row[1]) == shard]
        rows = sorted((row for row in rows if after is None or _place(row) > _place(after)), key=_place)
        after = rows[limit - 1] if len(rows) > limit else None
        return DuePage([whose for _, whose in rows[:limit]], after, rows[0][0] if rows else None)

    def executions(self, job_id: str) -> list[Execution]:
        recorded = self._executions.get(job_id, {})
        return [recorded[number] for number in sorted(recorded, reverse=True)][:RECORDED]

    def record_delivery(self, job: Job, delivery: Delivery) -> None:
        self._deliveries.setdefault(job.job_id, {})[delivery.number] = delivery

    def deliveries(self, job_id: str) -> list[Delivery]:
        recorded = self._deliveries.get(job_id, {})
        return [recorded[number] for number in sorted(recorded, reverse=True)][:RECORDED]

    def expire(self, now: Millis) -> list[Job]:
        """Delete expired jobs, as TTL does, and return them."""
        with self._lock:
            gone = [job for job in self._jobs.values() if job.delete_at is not None and job.delete_at <= now]
            for job in gone:
                del self._jobs[job.job_id]
        return gone

    def indexed(self) -> list[Job]:
        """Return the jobs in the indexes. These are always up to date here, and not in DynamoDB."""
        return list(self._jobs.values())

    def all_jobs(self) -> list[Job]:
        return list(self._jobs.values())


def _names(job: Job | None) -> frozenset[str]:
    return frozenset() if job is None else job.unique_names


def _place(row: DueAfter) -> tuple[Millis, str]:
    at, whose = row
    return at, whose if isinstance(whose, str) else "#".join(whose)


def _visible_at(waiting: tuple[Millis, WakeUp]) -> Millis:
    return waiting[0]


class MemoryWakeUpQueue:
    """A queue whose delays pass on the given clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # In the order in which they become visible.
        self._waiting: list[tuple[Millis, WakeUp]] = []

    def send(self, wake_up: WakeUp) -> None:
        insort(self._waiting, (self._clock.now() + wake_up.delay * SECOND, wake_up), key=_visible_at)

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        for wake_up in wake_ups:
            self.send(wake_up)
        return []

    def waiting(self) -> int:
        """Return how many are visible."""
        return bisect_right(self._waiting, self._clock.now(), key=_visible_at)

    def receive(self) -> WakeUp | None:
        """Take the oldest visible wake-up, or None."""
        return self._waiting.pop(0)[1] if self.waiting() else None

    @property
    def next_visible_at(self) -> Millis | None:
        return _visible_at(self._waiting[0]) if self._waiting else None

    def __len__(self) -> int:
        return len(self._waiting)


class MemoryObjectStore:
    def __init__(self) -> None:
        self._objects: dict[str, str] = {}

    def put(self, key: str, text: str) -> None:
        self._objects[key] = text

    def get(self, key: str) -> str:
        if key not in self._objects:
            raise Unavailable
        return self._objects[key]

    def delete(self, key: str) -> None:
        self._objects.pop(key, None)

    def keys(self) -> list[str]:
        return list(self._objects)

    def url(self, key: str) -> str:
        return f"memory:///{key}"


class MemoryDocumentStore:
    def __init__(self) -> None:
        self._documents: dict[tuple[str, str, str], str] = {}

    def put(self, org: str, kind: str, name: str, text: str) -> None:
        self._documents[org, kind, name] = text

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        mine = ((key[2], text) for key, text in self._documents.items() if key[:2] == (org, kind))
        return dict(sorted((name, text) for name, text in mine if name.startswith(prefix)))


class MemoryKeyStore:
    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self._windows: dict[tuple[str, Window], int] = {}
        self._lock = Lock()

    def api_key(self, key_hash: str) -> ApiKey | None:
        return self._keys.get(key_hash)

    def put_api_key(self, key_hash: str, key: ApiKey) -> None:
        self._keys[key_hash] = key

    def api_keys(self, org: str) -> dict[str, ApiKey]:
        return {key_hash: key for key_hash, key in self._keys.items() if key.org == org}

    def take(self, key_hash: str, window: Window, amount: int, limit: int) -> int | None:
        with self._lock:
            count = self._windows.get((key_hash, window), 0) + amount
            if count > limit:
                return None
            self._windows[key_hash, window] = count
            return count

    def use(self, key_hash: str, now: Millis) -> Use:
        hours = [
            window.number // 60 * HOUR
            for name, window in self._windows
            if name == key_hash and window.length == MINUTE
        ]
        today = self._windows.get((key_hash, Window.at(now, DAY)), 0)
        return Use(max(hours, default=None), today)
