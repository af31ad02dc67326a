"""Submission of a schedule's slots: each job is stored in the write that moves its schedule on.

So after any failure a slot has its job or is still due. A paused, deleted or changed schedule submits none.
A sweep without a due schedule does not load this module.
"""

from functools import partial

from claimcheck.domain.errors import (
    ClaimcheckError,
    Conflict,
    FlowFull,
    InsufficientCredits,
    InvalidFields,
    PlanRequired,
)
from claimcheck.domain.job import CANCELLED, Job, Millis, clipped
from claimcheck.domain.observability import info
from claimcheck.domain.ports import Clock, JobStore, Randomness, ScheduleStore
from claimcheck.domain.schedules import Refusal, Replacement, Run, Schedule, ScheduleKey, Slot
from claimcheck.service.schedules.editor import draft_of
from claimcheck.service.submission import AcceptedJob, IdempotencyKey, Submission
from claimcheck.service.transition import MOST_CHANGES, leave_to_newer_code

# A retry of the slot would not help.
REFUSALS = (InvalidFields, PlanRequired, InsufficientCredits, FlowFull)
# Characters.
MESSAGE_LENGTH = 500


class SlotSubmitter:
    def __init__(
        self,
        jobs: JobStore,
        store: ScheduleStore,
        submission: Submission,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._jobs = jobs
        self._store = store
        self._submission = submission
        self._clock = clock
        self._randomness = randomness

    def submit_due(self, key: ScheduleKey, now: Millis) -> int:
        """Submit a schedule's due slots, one after the other. Return the number of jobs.

        Raises: Unavailable. Then the schedule is still due, and a repeat submits no slot twice.
        """
        schedule, submitted = self._store.read(key), 0
        for _ in range(MOST_CHANGES):
            if schedule is None or (slot := schedule.due_slot(now)) is None:
                break
            leave_to_newer_code(schedule)
            moved = self._submit(schedule, slot)
            submitted += moved is not None and moved.runs != schedule.runs
            schedule = moved or self._store.read(key)
        return submitted

    def _submit(self, schedule: Schedule, slot: Slot) -> Schedule | None:
        """Return the schedule after this slot, or None if it was changed meanwhile."""
        if not slot.has_job:
            return self._move(schedule, slot.through)
        token = self._randomness.token()
        try:
            accepted = self._accept(schedule, slot, token)
        except Conflict:
            return None
        except REFUSALS as error:
            info("slot refused", org=schedule.org, schedule=schedule.name, code=error.code)
            refusal = Refusal(slot.at, error.code, clipped(_message(error), MESSAGE_LENGTH))
            return self._move(schedule, slot.through, refusal)
        if accepted.replayed:
            return self._adopt(schedule, slot, accepted.job)
        return _moved(schedule, slot, token, accepted.job).new

    def _accept(self, schedule: Schedule, slot: Slot, token: str) -> AcceptedJob:
        draft = draft_of(schedule, self._clock.now(), slot.run_at)
        submit = partial(self._submission.submit, draft, moved=lambda job: _moved(schedule, slot, token, job))
        accepted = submit(slot_key(schedule, slot.at))
        if accepted.replayed and self._was_withdrawn(accepted.job):
            return submit(slot_key(schedule, slot.at, again=schedule.written_by))
        return accepted

    def _was_withdrawn(self, job: Job) -> bool:
        """Return whether a pause cancelled the slot's job before it started."""
        stored = self._jobs.read(job.job_id)
        return stored is not None and stored.error == CANCELLED and not stored.executions

    def _adopt(self, schedule: Schedule, slot: Slot, job: Job) -> Schedule | None:
        """Move on after a slot that has its job: the last release submits before it moves a schedule."""
        self._store.record(schedule.key, job)
        # A job of its own time is not the one for all missed slots.
        through = slot.at if job.run_at == slot.at else slot.through
        return self._move(schedule, through, Run(job.run_at, job.job_id))

    def _move(
        self, schedule: Schedule, through: Millis, result: Run | Refusal | None = None
    ) -> Schedule | None:
        moved = schedule.moved(through, result).evolve(written_by=self._randomness.token())
        return moved if self._store.put(schedule, moved) else None


def _moved(schedule: Schedule, slot: Slot, token: str, job: Job) -> Replacement:
    moved = schedule.moved(slot.through, Run(job.run_at, job.job_id))
    return Replacement(schedule, moved.evolve(written_by=token))


def slot_key(schedule: Schedule, slot: Millis, again: str = "") -> IdempotencyKey:
    """Return a key that no client's key can equal: those are stored as hexadecimal hashes.

    It contains `created_at`, so a schedule that is deleted and created again has new slots. `again` makes
    another key, for a slot whose job was cancelled by a pause.
    """
    parts = ("SLOT", schedule.name, str(schedule.created_at), str(slot), again)
    return IdempotencyKey("#".join(filter(None, parts)), fingerprint="slot")


def _message(error: ClaimcheckError) -> str:
    if not isinstance(error, InvalidFields):
        return error.message
    return "; ".join(f"{each.pointer}: {each.message}" for each in error.errors)
