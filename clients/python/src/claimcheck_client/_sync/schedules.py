"""Recurring jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import uuid4

from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import read
from claimcheck_client._sync.jobs import Job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Unpack

    from claimcheck_client._documents import Model, Schedule, ScheduleOptions
    from claimcheck_client._sync.connection import Connection


class Schedules:
    """The schedules of the key's org. Every method raises ApiError or NoAnswer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(
        self, name: str, type: str, input: Mapping[str, Any] | Model, **options: Unpack[ScheduleOptions]
    ) -> Schedule:
        """Create or replace a schedule. The same call again changes nothing."""
        return self._send("PUT", name, body={"type": type, "input": input, **options})

    def get(self, name: str) -> Schedule:
        return self._send("GET", name)

    def list(self) -> Iterator[Schedule]:
        """Yield all schedules, by name."""
        yield from self._connection.pages("/v1/schedules", "schedules", {"limit": 100})

    def pause(self, name: str) -> Schedule:
        return self._send("POST", name, "/pause")

    def resume(self, name: str) -> Schedule:
        return self._send("POST", name, "/resume")

    def delete(self, name: str) -> None:
        """Delete a schedule, if there is one: a repeat of the request finds none."""
        try:
            self._connection.send("DELETE", _path(name))
        except ApiError as error:
            if error.code != "schedule_not_found":
                raise

    def run(self, name: str, *, idempotency_key: str | None = None) -> Job:
        """Submit the schedule's job now."""
        key = idempotency_key or str(uuid4())
        response = self._connection.send("POST", f"{_path(name)}/run", idempotency_key=key)
        return Job.of(self._connection, response)

    def jobs(self, name: str) -> Iterator[Job]:
        """Yield the jobs of a schedule, newest first."""
        for document in self._connection.pages(f"{_path(name)}/jobs", "jobs", {"limit": 100}):
            yield Job(self._connection, document)

    def _send(self, method: str, name: str, action: str = "", body: Any = None) -> Schedule:
        schedule: Schedule = read(self._connection.send(method, _path(name) + action, body=body))
        return schedule


def _path(name: str) -> str:
    return f"/v1/schedules/{quote(name, safe='')}"
