"""Schedules and flows: documents of an org that have names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from urllib.parse import quote

from claimcheck_client._documents import Flow, Schedule
from claimcheck_client._errors import unless
from claimcheck_client._exchange import read
from claimcheck_client._sync.jobs import Job, submit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Unpack

    from claimcheck_client._documents import (
        FlowOptions,
        FlowUsage,
        Model,
        ScheduleAndRuns,
        ScheduleOptions,
    )
    from claimcheck_client._sync.connection import Connection

D = TypeVar("D")


class Named(Generic[D]):
    """The documents of one kind that the key's org has. Every method raises ApiError or NoAnswer."""

    _kind: ClassVar[str]

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[D]:
        """Yield all of them, by name."""
        yield from self._connection.pages(f"/v1/{self._kind}s", f"{self._kind}s")

    def pause(self, name: str) -> D:
        return self._send("POST", name, "/pause")

    def resume(self, name: str) -> D:
        return self._send("POST", name, "/resume")

    def delete(self, name: str) -> None:
        """Delete it, if there is one: a repeat of the request finds none."""
        with unless(f"{self._kind}_not_found"):
            self._connection.send("DELETE", self._path(name))

    def _send(self, method: str, name: str, action: str = "", body: Any = None) -> D:
        document: D = read(self._connection.send(method, self._path(name) + action, body=body))
        return document

    def _path(self, name: str) -> str:
        return f"/v1/{self._kind}s/{quote(name, safe='')}"


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


class Flows(Named[Flow]):
    """The flows of the key's org. Every method raises ApiError or NoAnswer.

    `delete` raises `flow_in_use` while jobs of the flow run or wait.
    """

    _kind = "flow"

    def put(self, name: str, **options: Unpack[FlowOptions]) -> Flow:
        """Create or replace a flow. A limit that is not given is removed; a pause stays."""
        return self._send("PUT", name, body=options)

    def get(self, name: str) -> FlowUsage:
        """Return the flow with the numbers of its running and waiting jobs."""
        usage: FlowUsage = read(self._connection.send("GET", self._path(name)))
        return usage
