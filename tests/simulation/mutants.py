"""Bugs, planted one at a time, to check that the simulation finds them."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from claimcheck.domain.job import Job, Movement
from claimcheck.service.callbacks.sender import CallbackSender
from claimcheck.service.schedules import slots
from claimcheck.service.submission import IdempotencyKey
from claimcheck.service.sweeper import Sweeper
from claimcheck.service.verdict import Verdict
from tests.simulation.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.domain.job import Millis
    from claimcheck.domain.schedules import Schedule
    from claimcheck.service.claim import Claim


@contextmanager
def changed(owner: type, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Replace the attribute `name` of a class by `make` of it."""
    with patch.object(owner, name, make(owner.__dict__[name])):
        yield


def blind_end() -> Any:
    """Write an end without checking the lease or the job's status."""

    def make(replaced: Callable[..., None]) -> Any:
        def blindly(self: Witness, old: Job, new: Job, *record: Any) -> None:
            current = self.read(old.job_id) if new.ended_at is not None else None
            replaced(self, current or old, new, *record)

        return blindly

    return changed(Witness, "replace", make)


def claim_that_ignores_a_live_lease() -> Any:
    return changed(Job, "claimable", lambda _: lambda job, now: job.ended_at is None)


def retry_that_removes_due_at() -> Any:
    def make(applied: Callable[..., Job]) -> Any:
        return lambda self, job, now: applied(self, job, now).evolve(due_at=None)

    return changed(Verdict, "applied", make)


def sweeper_that_ends_a_live_job() -> Any:
    def make(swept: Callable[[Job, Millis], Job]) -> Any:
        def at_once(job: Job, now: Millis) -> Job:
            return swept(job._replace(lease=None), now)

        return at_once

    return changed(Job, "swept", make)


def sweeper_that_moves_without_its_condition() -> Any:
    def make(_: object) -> Any:
        def move(self: Any, job: Job, now: Millis) -> Job | None:
            if job.due_at is None or job.due_at > now:
                return None
            current = self._store.read(job.job_id)
            moved = job.swept(now).evolve(written_by=self._randomness.token())
            if current is not None:
                self._store.replace(current, moved)
            return moved

        return move

    return changed(Sweeper, "_move", make)


def transaction_that_takes_effect_twice() -> Any:
    """A refund times out but took effect, and its repeat moves the credits again."""

    def make(replaced: Callable[..., None]) -> Any:
        def again(self: Witness, old: Job, new: Job, *record: Any) -> None:
            stored = self.read(old.job_id)
            replaced(self, old, new, *record)
            if stored is not None and stored.written_by == new.written_by and new.refund:
                refunded = Movement(new.ended_at or 0, new.refund, "refunded", new.job_id)
                self.credits.move(new.org, refunded, f"{new.job_id} again")

        return again

    return changed(Witness, "replace", make)


def slot_that_is_no_key() -> Any:
    """Submit a schedule's slot without its idempotency key."""
    tokens, slot_key = count(), slots.slot_key

    def another(schedule: Schedule, slot: Millis) -> IdempotencyKey:
        key_hash, fingerprint = slot_key(schedule, slot)
        return IdempotencyKey(f"{key_hash}#{next(tokens)}", fingerprint)

    return patch.object(slots, "slot_key", another)


def slot_that_is_recognised_as_another() -> Any:
    """A repeated submission of a slot is refused, so its schedule never moves on."""
    tokens, slot_key = count(), slots.slot_key

    def another(schedule: Schedule, slot: Millis) -> IdempotencyKey:
        return IdempotencyKey(slot_key(schedule, slot).key_hash, str(next(tokens)))

    return patch.object(slots, "slot_key", another)


def submission_that_sets_delete_at() -> Any:
    return changed(Job, "delete_at", lambda _: property(lambda job: job.created_at + job.retention))


def old_code_that_ignores_a_need() -> Any:
    return patch.object(Job, "newer_than_code", False)


def end_that_forgets_its_callback() -> Any:
    return changed(Job, "calling_back", lambda _: lambda job, now: job)


def delivery_that_is_done_before_its_call() -> Any:
    """A worker that is lost during the call has reported nothing."""

    def make(call: Callable[..., Any]) -> Any:
        def too_early(self: Any, claim: Claim, *message: Any) -> Any:
            done = claim.job.called_back(self._clock.now(), "delivered")
            self._store.replace(claim.job, done.evolve(written_by=""))
            return call(self, claim, *message)

        return too_early

    return changed(CallbackSender, "_call", make)


def sweeper_that_wakes_no_ended_job() -> Any:
    """A callback with a lost wake-up waits until it is given up."""

    def make(move: Callable[..., Job | None]) -> Any:
        def only_if_not_ended(self: Any, job: Job, now: Millis) -> Job | None:
            return None if job.ended_at is not None else move(self, job, now)

        return only_if_not_ended

    return changed(Sweeper, "_move", make)


def delivery_that_ignores_a_live_lease() -> Any:
    return changed(Job, "leased", lambda leased: lambda job, now: job.ended_at is None and leased(job, now))
