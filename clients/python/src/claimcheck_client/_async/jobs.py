"""A job, and how to wait for it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload
from uuid import uuid4

from claimcheck_client._errors import ApiError, JobFailed
from claimcheck_client._exchange import deadline_of, read, typed

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Iterable

    import httpx

    from claimcheck_client._async.connection import AsyncConnection
    from claimcheck_client._documents import Delivery, Execution, JobDocument, JobError, Progress, Status

T = TypeVar("T")


class AsyncJob:
    """A job as it was last read. `document` has all its fields.

    Every method that sends a request raises ApiError or NoAnswer.
    """

    def __init__(self, connection: AsyncConnection, document: JobDocument, next_look: float = 0) -> None:
        self._connection = connection
        self._next_look = next_look
        self.document = document

    @classmethod
    def of(cls, connection: AsyncConnection, response: httpx.Response) -> Self:
        """Return the job of a response."""
        return cls(connection, read(response), connection.next_look(response))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.type} {self.status}>"

    @property
    def id(self) -> str:
        return self.document["job_id"]

    @property
    def type(self) -> str:
        return self.document["type"]

    @property
    def status(self) -> Status:
        return self.document["status"]

    @property
    def ended(self) -> bool:
        return "ended_at" in self.document

    @property
    def progress(self) -> Progress | None:
        """The last reported progress. None before the first."""
        return self.document["progress"]

    @property
    def error(self) -> JobError | None:
        """The `code` and `message` of a failed job."""
        return self.document.get("error")

    @property
    def metadata(self) -> dict[str, str]:
        return self.document["metadata"]

    async def refresh(self) -> Self:
        """Read the job again."""
        return await self._refresh()

    async def _refresh(self, deadline: float = inf) -> Self:
        return self._take(await self._connection.send("GET", self._path, deadline=deadline))

    async def updates(self, timeout: float | None = None) -> AsyncIterator[Self]:
        """Yield this job after each poll, until it has ended. Polls follow `Retry-After`.

        Raises: WaitTimeout if it has not ended after `timeout` seconds, when it looks for the last time.
        """
        deadline = deadline_of(timeout, self._connection.clock())
        while not self.ended:
            await self._connection.sleep_until(min(self._next_look, deadline))
            yield await self._refresh(deadline)
            if not self.ended:
                self._connection.check_time(deadline, [self.id])

    async def wait(self, timeout: float | None = None) -> Self:
        """Wait until the job has ended, completed or failed. Raises: WaitTimeout after `timeout` seconds."""
        async for _ in self.updates(timeout):
            pass
        return self

    @overload
    async def result(self, result_type: None = None, *, timeout: float | None = None) -> Any: ...
    @overload
    async def result(self, result_type: builtins.type[T], *, timeout: float | None = None) -> T: ...
    async def result(self, result_type: Any = None, *, timeout: float | None = None) -> Any:
        """Wait until the job has ended, and return its result. A pydantic `result_type` validates it.

        Raises: JobFailed; WaitTimeout; pydantic's ValidationError.
        """
        await self.wait(timeout)
        if self.status == "failed":
            raise JobFailed(self.document)
        value = self.document["result"] if "result" in self.document else await self._read_result()
        return typed(value, result_type)

    async def _read_result(self) -> Any:
        response = await self._connection.send("GET", f"{self._path}/result")
        if response.has_redirect_location:
            return await self._connection.download(response.headers["location"])
        return read(response)

    async def cancel(self) -> Self:
        """Ask for the job's end. A job that a worker has then ends when the worker next checks.

        Raises: ApiError `job_already_ended`.
        """
        return self._take(await self._connection.send("POST", f"{self._path}/cancel"))

    async def retry(self) -> Self:
        """Submit a failed job again, and return the new job. A job is retried once: again, it is the same.

        Raises: ApiError `job_not_failed`, `input_not_kept` or `invalid_fields`.
        """
        return self.of(self._connection, await self._connection.send("POST", f"{self._path}/retry"))

    async def redeliver(self) -> Self:
        """Send the callback of an ended job again."""
        return self._take(await self._connection.send("POST", f"{self._path}/redeliver"))

    async def executions(self) -> list[Execution]:
        """Return the last 100 executions, newest first."""
        return await self._read_history("executions")

    async def deliveries(self) -> list[Delivery]:
        """Return the last 100 deliveries of the callback, newest first."""
        return await self._read_history("deliveries")

    async def _read_history(self, name: str) -> list[Any]:
        return list(read(await self._connection.send("GET", f"{self._path}/{name}"))[name])

    @property
    def _path(self) -> str:
        return f"/v1/jobs/{self.id}"

    def _take(self, response: httpx.Response) -> Self:
        return self._update(read(response), response)

    def _update(self, document: JobDocument, response: httpx.Response) -> Self:
        self.document = document
        self._next_look = self._connection.next_look(response)
        return self


async def submit(connection: AsyncConnection, path: str, body: Any, idempotency_key: str | None) -> AsyncJob:
    """Submit a job, with this key or a new one."""
    key = idempotency_key or str(uuid4())
    return AsyncJob.of(connection, await connection.send("POST", path, body=body, idempotency_key=key))


async def wait_together(connection: AsyncConnection, jobs: Iterable[AsyncJob], deadline: float) -> None:
    """Poll at most 100 jobs by their ids until all have ended. Raises: WaitTimeout; ApiError, NoAnswer."""
    while pending := {job.id: job for job in jobs if not job.ended}:
        await connection.sleep_until(min(deadline, *(job._next_look for job in pending.values())))
        query = {"ids": ",".join(pending)}
        response = await connection.send("GET", "/v1/jobs", query=query, deadline=deadline)
        found = read(response)
        if missing := found["not_found"]:
            raise ApiError(404, "job_not_found", f"No such jobs: {', '.join(missing)}")
        for document in found["jobs"]:
            pending[document["job_id"]]._update(document, response)
        if unended := [job_id for job_id, job in pending.items() if not job.ended]:
            connection.check_time(deadline, unended)
