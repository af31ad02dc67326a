"""Recurring jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck_client._documents import Schedule
from claimcheck_client._exchange import read
from claimcheck_client._sync.jobs import Job, submit
from claimcheck_client._sync.named import Named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Unpack

    from claimcheck_client._documents import Model, ScheduleAndRuns, ScheduleOptions


class Schedules(Named[Schedule]):
    """The schedules of the key's org. Every method raises ApiError or NoAnswer."""

    _kind = "schedule"

    def put(
        self, name: str, type: str, input: Mapping[str, Any] | Model, **options: Unpack[ScheduleOptions]
    ) -> Schedule:
        """Create or replace a schedule. The same call again changes nothing."""
        return self._send("PUT", name, body={"type": type, "input": input, **options})

    def get(self, name: str) -> ScheduleAndRuns:
        """Return the schedule with the times of its next runs."""
        found: ScheduleAndRuns = read(self._connection.send("GET", self._path(name)))
        return found

    def run(self, name: str, *, idempotency_key: str | None = None) -> Job:
        """Submit the schedule's job now."""
        return submit(self._connection, f"{self._path(name)}/run", None, idempotency_key)

    def jobs(self, name: str) -> Iterator[Job]:
        """Yield the jobs of a schedule, newest first."""
        for document in self._connection.pages(f"{self._path(name)}/jobs", "jobs"):
            yield Job(self._connection, document)
