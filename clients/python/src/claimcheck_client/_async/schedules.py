"""Recurring jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck_client._async.jobs import AsyncJob, submit
from claimcheck_client._async.named import AsyncNamed
from claimcheck_client._documents import Schedule
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Unpack

    from claimcheck_client._documents import Model, ScheduleAndRuns, ScheduleOptions


class AsyncSchedules(AsyncNamed[Schedule]):
    """The schedules of the key's org. Every method raises ApiError or NoAnswer."""

    _kind = "schedule"

    async def put(
        self, name: str, type: str, input: Mapping[str, Any] | Model, **options: Unpack[ScheduleOptions]
    ) -> Schedule:
        """Create or replace a schedule. The same call again changes nothing."""
        return await self._send("PUT", name, body={"type": type, "input": input, **options})

    async def get(self, name: str) -> ScheduleAndRuns:
        """Return the schedule with the times of its next runs."""
        found: ScheduleAndRuns = read(await self._connection.send("GET", self._path(name)))
        return found

    async def run(self, name: str, *, idempotency_key: str | None = None) -> AsyncJob:
        """Submit the schedule's job now."""
        return await submit(self._connection, f"{self._path(name)}/run", None, idempotency_key)

    async def jobs(self, name: str) -> AsyncIterator[AsyncJob]:
        """Yield the jobs of a schedule, newest first."""
        async for document in self._connection.pages(f"{self._path(name)}/jobs", "jobs"):
            yield AsyncJob(self._connection, document)
