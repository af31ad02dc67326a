"""Recurring jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from claimcheck_client._async.jobs import AsyncJob
from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from typing import Unpack

    from claimcheck_client._async.connection import AsyncConnection
    from claimcheck_client._documents import Model, Schedule, ScheduleOptions


class AsyncSchedules:
    """The schedules of the key's org. Every method raises ApiError or NoAnswer."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(
        self, name: str, type: str, input: Mapping[str, Any] | Model, **options: Unpack[ScheduleOptions]
    ) -> Schedule:
        """Create or replace a schedule. The same call again changes nothing."""
        return await self._send("PUT", name, body={"type": type, "input": input, **options})

    async def get(self, name: str) -> Schedule:
        return await self._send("GET", name)

    async def list(self) -> AsyncIterator[Schedule]:
        """Yield all schedules, by name."""
        async for schedule in self._connection.pages("/v1/schedules", "schedules", {"limit": 100}):
            yield schedule

    async def pause(self, name: str) -> Schedule:
        return await self._send("POST", name, "/pause")

    async def resume(self, name: str) -> Schedule:
        return await self._send("POST", name, "/resume")

    async def delete(self, name: str) -> None:
        """Delete a schedule, if there is one: a repeat of the request finds none."""
        try:
            await self._connection.send("DELETE", _path(name))
        except ApiError as error:
            if error.code != "schedule_not_found":
                raise

    async def run(self, name: str, *, idempotency_key: str | None = None) -> AsyncJob:
        """Submit the schedule's job now."""
        key = idempotency_key or str(uuid4())
        response = await self._connection.send("POST", f"{_path(name)}/run", idempotency_key=key)
        return AsyncJob.of(self._connection, response)

    async def jobs(self, name: str) -> AsyncIterator[AsyncJob]:
        """Yield the jobs of a schedule, newest first."""
        async for document in self._connection.pages(f"{_path(name)}/jobs", "jobs", {"limit": 100}):
            yield AsyncJob(self._connection, document)

    async def _send(self, method: str, name: str, action: str = "", body: Any = None) -> Schedule:
        schedule: Schedule = read(await self._connection.send(method, _path(name) + action, body=body))
        return schedule


def _path(name: str) -> str:
    return f"/v1/schedules/{quote(name, safe='')}"
