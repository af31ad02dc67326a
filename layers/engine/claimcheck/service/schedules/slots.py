"""A schedule that is due: its slots are submitted as jobs, then it moves on to the next.

A crash between the two repeats the submission, and finds it done: the slot is its idempotency key.
Nothing here is loaded by a sweep that finds no schedule due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import InsufficientCredits, InvalidFields, PlanRequired
from claimcheck.domain.job import clipped
from claimcheck.domain.observability import info
from claimcheck.domain.schedules import Missed, Refusal, Run
from claimcheck.service.schedules.editor import draft_of
from claimcheck.service.submission import IdempotencyKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import Clock, Randomness, ScheduleStore
    from claimcheck.domain.schedules import Schedule, ScheduleKey
    from claimcheck.service.schedules.editor import ScheduleEditor
    from claimcheck.service.submission import Submission

# What trying the same slot again would not change.
REFUSALS = (InvalidFields, PlanRequired, InsufficientCredits)
# As much as a row keeps of what was wrong with a slot.
MESSAGE_LENGTH = 500


class SlotSubmitter:
    def __init__(
        self,
        store: ScheduleStore,
        submission: Submission,
        schedule_editor: ScheduleEditor,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._submission = submission
        self._schedule_editor = schedule_editor
        self._clock = clock
        self._randomness = randomness

    def submit_due(self, key: ScheduleKey, now: Millis) -> int:
        """Submit what is due of a schedule, then move it. Returns how many slots have their jobs.

        Raises: Unavailable; then the schedule is still due, and what was submitted is so once.
        """
        schedule = self._store.read(key)
        if schedule is None or schedule.due_at is None or schedule.due_at > now:
            return 0
        dealt_with = list(self._submitted(schedule, now))
        moved = schedule.moved(now, dealt_with).evolve(written_by=self._randomness.token())
        runs = [each for each in dealt_with if isinstance(each, Run)]
        if not self._store.put(schedule, moved):
            self._withdraw(schedule, runs, now)
        return len(runs)

    def _submitted(self, schedule: Schedule, now: Millis) -> Iterator[Run | Refusal]:
        if schedule.missed is Missed.RUN_ONCE:
            yield from self._submit_missed(schedule, now)
        for slot in schedule.slots(now):
            yield self._submit(schedule, slot, run_at=slot)

    def _submit_missed(self, schedule: Schedule, now: Millis) -> Iterator[Run | Refusal]:
        """One job for all, under the key of the first that has none. A slot can have had its own in time,
        by a sweep that did not live to move the schedule."""
        for slot in schedule.missed_slots(now):
            submitted = self._submit(schedule, slot, run_at=None)
            yield submitted
            if submitted.at != slot or isinstance(submitted, Refusal):
                return

    def _submit(self, schedule: Schedule, slot: Millis, run_at: Millis | None) -> Run | Refusal:
        key, draft = slot_key(schedule, slot), draft_of(schedule, self._clock.now(), run_at)
        try:
            replayed = self._submission.replay(schedule.org, key)
            accepted = replayed or self._submission.submit(draft, key)
        except REFUSALS as error:
            info("slot refused", org=schedule.org, schedule=schedule.name, code=error.code)
            return Refusal(slot, error.code, clipped(_message(error), MESSAGE_LENGTH))
        self._store.record(schedule.key, accepted.job)
        return Run(accepted.job.run_at, accepted.job.job_id)

    def _withdraw(self, schedule: Schedule, runs: list[Run], now: Millis) -> None:
        """Somebody was faster: where they stopped the schedule, what was submitted ahead is not wanted."""
        stands = self._store.read(schedule.key)
        # One that was deleted and created again submits this slot as a job of its own.
        if stands is None or stands.paused or stands.created_at != schedule.created_at:
            self._schedule_editor.cancel_waiting(schedule.org, [run for run in runs if run.at > now])


def slot_key(schedule: Schedule, slot: Millis) -> IdempotencyKey:
    """Return a key that no client's key can be: those are kept as their hashes, which are hexadecimal.

    A slot of a schedule never runs twice, whatever is changed about the schedule. A schedule that is
    deleted and created again has slots of its own: its time of creation is part of the key.
    """
    return IdempotencyKey(f"SLOT#{schedule.name}#{schedule.created_at}#{slot}", fingerprint="slot")


def _message(error: ClaimcheckError) -> str:
    if not isinstance(error, InvalidFields):
        return error.message
    return "; ".join(f"{each.pointer}: {each.message}" for each in error.errors)
