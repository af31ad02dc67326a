"""Changes of a recurring schedule, and runs by hand."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from claimcheck.domain.errors import (
    JobNotFound,
    MalformedScheduleName,
    ScheduleNotFound,
    TooManySchedules,
    Unavailable,
    WrongState,
)
from claimcheck.domain.observability import named, warn
from claimcheck.domain.ports import every
from claimcheck.domain.recurrence import Every
from claimcheck.domain.schedules import MAX_SCHEDULES, SCHEDULE_NAME, Overlap, Run, Schedule, ScheduleKey
from claimcheck.service.schedules.reader import find, key_of
from claimcheck.service.submission import AcceptedJob, Draft, IdempotencyKey, Submission
from claimcheck.service.transition import MOST_CHANGES, change, leave_to_newer_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import Clock, Randomness, ScheduleStore
    from claimcheck.service.editor import JobEditor


class ScheduleEditor:
    def __init__(
        self,
        store: ScheduleStore,
        submission: Submission,
        job_editor: JobEditor,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._submission = submission
        self._job_editor = job_editor
        self._clock = clock
        self._randomness = randomness

    def put(self, wanted: Schedule, paused: bool | None) -> tuple[Schedule | None, Schedule]:
        """Create or replace a schedule. Return it before and after.

        It keeps its history, and if `paused` is None its pause.
        Raises: MalformedScheduleName; InvalidFields; PlanRequired; TooManySchedules; Unavailable.
        """
        if not SCHEDULE_NAME.fullmatch(wanted.name):
            raise MalformedScheduleName
        now = self._clock.now()
        self._submission.check(draft_of(wanted, now))

        def decide(old: Schedule | None) -> Schedule:
            stop = bool(old and old.paused) if paused is None else paused
            new = _succeeding(wanted, old, now)
            return new.stopped(now) if stop else self._started(new, now)

        stored = self._store.read(wanted.key)
        if stored is None and self._is_full(wanted.org):
            raise TooManySchedules
        old, new = self._change(wanted.key, decide, stored)
        if new.paused:
            self.cancel_waiting(wanted.org, new.waiting(now))
        return old, new

    def pause(self, org: str, name: str) -> Schedule:
        """Stop submitting slots and cancel waiting jobs. Raises: ScheduleNotFound."""
        now = self._clock.now()
        key = key_of(org, name)
        _, paused = self._change(key, lambda old: _there(old).stopped(now), self._store.read(key))
        # Also if it was already paused: that call may have failed before this point.
        self.cancel_waiting(org, paused.waiting(now))
        return paused

    def resume(self, org: str, name: str) -> Schedule:
        """Continue with the next slot. A repeat changes nothing. Raises: ScheduleNotFound."""
        now = self._clock.now()

        def decide(old: Schedule | None) -> Schedule:
            schedule = _there(old)
            return self._started(schedule, now) if schedule.paused else schedule

        key = key_of(org, name)
        return self._change(key, decide, self._store.read(key))[1]

    def delete(self, org: str, name: str) -> None:
        """Raises: ScheduleNotFound."""
        # The pause keeps sweeps from submitting slots while waiting jobs are cancelled. If the schedule is
        # changed after it, that may be a resume.
        for _ in range(MOST_CHANGES):
            if self._store.delete(self.pause(org, name)):
                return
        raise Unavailable("The schedule is being changed by other requests: try again.")

    def run(
        self, org: str, name: str, key: IdempotencyKey | None, callback_url: str | None = None
    ) -> AcceptedJob:
        """Submit a job that starts now. Raises: ScheduleNotFound; as `Submission.submit` does."""
        accepted = self._submission.replay(org, key)
        if accepted is None:
            draft = draft_of(find(self._store, org, name), self._clock.now())
            if callback_url is not None:
                draft = draft._replace(callback_url=callback_url, callback_at="")
            accepted = self._submission.submit(draft, key)
        try:
            # Also after a replay: the first request may have failed before this point.
            self._store.record(ScheduleKey(org, name), accepted.job)
        except Unavailable:
            # The job was accepted. It is only missing in the list of the schedule's jobs.
            warn("job not recorded for its schedule", **named(accepted.job))
        return accepted

    def cancel_waiting(self, org: str, runs: Iterable[Run]) -> None:
        for run in runs:
            try:
                self._job_editor.cancel(org, run.job_id)
            except (WrongState, JobNotFound):
                continue  # it has ended by itself

    def pause_all(self, org: str, key_id: str | None = None) -> list[str]:
        """Pause an org's schedules, or those that one API key stored. Return the names of the active ones.

        A repeat finishes what a failure has left, such as waiting jobs of a paused schedule.
        """
        active = []
        for schedule in list(self._all(org)):
            if key_id in (None, schedule.key_id):
                with suppress(ScheduleNotFound):  # deleted meanwhile
                    self.pause(org, schedule.name)
                if not schedule.paused:
                    active.append(schedule.name)
        return active

    def _started(self, schedule: Schedule, now: Millis) -> Schedule:
        """Continue a schedule. A pause before may have failed, or be about to cancel the waiting jobs."""
        if schedule.paused:
            self.cancel_waiting(schedule.org, schedule.waiting(now))
        return schedule.started(now)

    def _all(self, org: str) -> Iterator[Schedule]:
        return every(lambda after: self._store.list_schedules(org, after, MAX_SCHEDULES))

    def _is_full(self, org: str) -> bool:
        """Count an org's schedules. Several requests at once can exceed the limit by a few."""
        return sum(1 for _ in islice(self._all(org), MAX_SCHEDULES)) == MAX_SCHEDULES

    def _change(
        self,
        key: ScheduleKey,
        decide: Callable[[Schedule | None], Schedule],
        stored: Schedule | None,
    ) -> tuple[Schedule | None, Schedule]:
        def replaced(old: Schedule | None, new: Schedule) -> Schedule | None:
            return new if self._store.put(old, new) else self._store.read(key)

        return change(stored, decide, replaced, self._randomness.token())


def draft_of(schedule: Schedule, now: Millis, run_at: Millis | None = None) -> Draft:
    """Return the draft of a slot's job, or of one that starts `now` if `run_at` is None.

    Raises: Unavailable, if newer code must run the schedule.
    """
    leave_to_newer_code(schedule)
    start = max(run_at or now, now)
    data: Any = json.loads(schedule.input)
    return Draft(
        org=schedule.org,
        plan=schedule.plan,
        dialect="canonical",
        type=schedule.type,
        input=data,
        run_at=run_at,
        start_by=None if schedule.start_by is None else start + schedule.start_by,
        deadline=None if schedule.deadline is None else start + schedule.deadline,
        retention=schedule.retention,
        metadata=schedule.metadata,
        takes_uploads=False,
        callback_url=schedule.callback_url,
        callback_at=None,
        alone_in=schedule.name if schedule.overlap is Overlap.SKIP else None,
        flow=schedule.flow,
        flow_at=None,
    )


def _there(schedule: Schedule | None) -> Schedule:
    if schedule is None:
        raise ScheduleNotFound
    leave_to_newer_code(schedule)
    return schedule


def _succeeding(wanted: Schedule, old: Schedule | None, now: Millis) -> Schedule:
    if old is None:
        return wanted.evolve(created_at=now, updated_at=now)
    recurrence = wanted.recurrence
    match old.recurrence, recurrence:
        case Every(period=before), Every(period=period) if period == before:
            # An unchanged rate does not restart.
            recurrence = old.recurrence
    return wanted.evolve(
        recurrence=recurrence,
        created_at=old.created_at,
        updated_at=now,
        paused=old.paused,
        through=old.through,
        runs=old.runs,
        refusal=old.refusal,
        unknown=old.unknown,
        attributes=old.attributes,
    )
