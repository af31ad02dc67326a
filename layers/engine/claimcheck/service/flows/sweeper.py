"""The safety net of flows: every minute, it lets the first job in line pump a flow in which jobs wait.

It does not visit the jobs themselves: a line of ten thousand costs one look a minute. A sweep without a due
flow does not load this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.flows import Ticket
from claimcheck.domain.job import SECOND, Millis
from claimcheck.domain.ports import chunks
from claimcheck.service.flows.pump import is_void, wake_first

if TYPE_CHECKING:
    from claimcheck.domain.flows import Slot, View
    from claimcheck.domain.job import FlowKey
    from claimcheck.domain.ports import FlowStore, JobStore, WakeUpQueue

# Less than the time between two sweeps, so that each finds the flow.
AGAIN = 30 * SECOND
# Jobs that are read at once.
PAGE = 100


class FlowSweeper:
    def __init__(self, store: JobStore, flows: FlowStore, queue: WakeUpQueue) -> None:
        self._store = store
        self._flows = flows
        self._queue = queue

    def sweep(self, key: FlowKey, now: Millis) -> int:
        """Wake the first in line, and return the number of wake-ups: 1, or 0 if nobody waits.

        Raises: Unavailable.
        """
        view = self._flows.view(key)
        if view.due_at is None or view.due_at > now:
            return 0
        if not self._flows.set_due(key, view.due_at, now + AGAIN):
            return 0  # another sweep has it
        waiting = self._without_void(key, view)
        if waiting:
            wake_first(self._queue, waiting)
            return 1
        if not view.tickets:
            # Even if this is refused, it may have worked: a call whose answer is lost is repeated.
            self._flows.set_due(key, now + AGAIN, None)
            if self._flows.view(key).tickets:
                # A job has entered the line after the first look.
                self._flows.set_due(key, None, now + AGAIN)
        return 0

    def _without_void(self, key: FlowKey, view: View) -> list[Ticket]:
        """Delete the slots and tickets that no job holds. Return the tickets of jobs that can run here."""
        seen: list[Slot | Ticket] = [*view.slots, *view.tickets]
        held = []
        for some in chunks(seen, PAGE):
            jobs = {job.job_id: job for job in self._store.read_many([each.job_id for each in some])}
            for row in some:
                job = jobs.get(row.job_id)
                if is_void(self._store, key, row, job):
                    self._flows.delete_void(key, row)
                elif job is not None and not job.newer_than_code:
                    held.append(row)
        return [row for row in held if isinstance(row, Ticket)]
