"""Submission of a due schedule's slots as jobs. Then the schedule moves on.

After a crash between the two, the next sweep repeats the submission and gets the same jobs: the slot is
the idempotency key. A sweep without a due schedule does not load this module.
"""

from collections.abc import Iterator

from claimcheck.domain.errors import (
    ClaimcheckError,
    InsufficientCredits,
    InvalidFields,
    PlanRequired,
)
from claimcheck.domain.job import Millis, clipped
from claimcheck.domain.observability import info
from claimcheck.domain.ports import Clock, Randomness, ScheduleStore
from claimcheck.domain.schedules import Missed, Refusal, Run, Schedule, ScheduleKey
from claimcheck.service.schedules.editor import ScheduleEditor, draft_of
from claimcheck.service.submission import IdempotencyKey, Submission
from claimcheck.service.transition import leave_to_newer_code

# A retry of the slot would not help.
REFUSALS = (InvalidFields, PlanRequired, InsufficientCredits)
# Characters.
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
        """Submit a schedule's due slots, then move it on. Return the number of jobs.

        Raises: Unavailable. Then the schedule is still due, and a repeat submits no slot twice.
        """
        schedule = self._store.read(key)
        if schedule is None or schedule.due_at is None or schedule.due_at > now:
            return 0
        leave_to_newer_code(schedule)
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
        """Submit one job for all missed slots, under the key of the first slot without a job."""
        # A slot has its job already if the sweep that submitted it did not move the schedule.
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
        """Cancel jobs submitted ahead if the schedule was paused or deleted at the same time."""
        stored = self._store.read(schedule.key)
        # A schedule that was deleted and created again submits this slot itself.
        if stored is None or stored.paused or stored.created_at != schedule.created_at:
            self._schedule_editor.cancel_waiting(schedule.org, [run for run in runs if run.at > now])


def slot_key(schedule: Schedule, slot: Millis) -> IdempotencyKey:
    """Return a key that no client's key can equal: those are stored as hexadecimal hashes.

    It contains `created_at`, so a schedule that is deleted and created again has new slots.
    """
    return IdempotencyKey(f"SLOT#{schedule.name}#{schedule.created_at}#{slot}", fingerprint="slot")


def _message(error: ClaimcheckError) -> str:
    if not isinstance(error, InvalidFields):
        return error.message
    return "; ".join(f"{each.pointer}: {each.message}" for each in error.errors)
