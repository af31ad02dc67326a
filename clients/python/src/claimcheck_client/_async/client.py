"""The client of one deployment."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload
from urllib.parse import quote
from uuid import uuid4

import httpx

from claimcheck_client._async import files
from claimcheck_client._async.callbacks import AsyncCallbacks
from claimcheck_client._async.connection import AsyncConnection
from claimcheck_client._async.jobs import AsyncJob, submit, wait_together
from claimcheck_client._async.named import AsyncFlows, AsyncSchedules
from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import check_url, deadline_of, has_transient_entry, query_of, read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
    from typing import BinaryIO, Unpack

    from claimcheck_client._documents import FileRef, JobFilter, Model, Movement, NewJob, Options, Upload

T = TypeVar("T")
MOST_IDS = 100
"""The jobs that one request can read."""


class AsyncClaimcheck:
    """A client of the deployment at `url`, with an API key. Close it, or use it in a `with` statement.

    Every request is safe to repeat: a submission has an `Idempotency-Key`, and the others are harmless the
    second time. So without an answer, and after the statuses 429, 502, 503 and 504, a request is repeated
    with jitter for `repeat_for` seconds after the first failure, never before `Retry-After` has passed. One
    try takes at most about `timeout` seconds, that of a file any time. `http_client`, for a proxy or
    certificates of your own, replaces `timeout`; it is closed with this client.

    Methods that send requests raise ApiError if the API refused them, and NoAnswer if nobody answered.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        repeat_for: float = 120.0,
        http_client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        randomness: Callable[[], float] = random.random,
    ) -> None:
        """Raises: ValueError if the URL or the key cannot be one."""
        check_url(url)
        if not (key and key.isascii() and key.isprintable()):
            raise ValueError("key must be printable ASCII characters, without a line break")
        http = http_client or httpx.AsyncClient(timeout=timeout)
        self._connection = AsyncConnection(http, url.rstrip("/"), key, repeat_for, clock, sleep, randomness)
        self.schedules = AsyncSchedules(self._connection)
        self.flows = AsyncFlows(self._connection)
        self.callbacks = AsyncCallbacks(self._connection)

    @property
    def url(self) -> str:
        return self._connection.url

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._connection.http.aclose()

    async def submit(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> AsyncJob:
        """Submit a job. Its input is a dict or a pydantic model."""
        body = {"type": type, "input": input, **options}
        return await submit(self._connection, "/v1/jobs", body, idempotency_key)

    @overload
    async def run(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        timeout: float | None = None,
        result_type: None = None,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> Any: ...
    @overload
    async def run(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        timeout: float | None = None,
        result_type: type[T],
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> T: ...
    async def run(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        timeout: float | None = None,
        result_type: Any = None,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> Any:
        """Submit a job, wait until it has ended, and return its result.

        The result is validated if `result_type` is a pydantic model. Without a `timeout` in seconds it waits
        for the job's end, at the latest its deadline.

        Raises: JobFailed; WaitTimeout, and the job goes on; pydantic's ValidationError.
        """
        job = await self.submit(type, input, idempotency_key=idempotency_key, **options)
        return await job.result(result_type, timeout=timeout)

    async def job(self, job_id: str) -> AsyncJob:
        """Read a job."""
        path = f"/v1/jobs/{quote(job_id, safe='')}"
        return AsyncJob.of(self._connection, await self._connection.send("GET", path))

    async def jobs(self, **filters: Unpack[JobFilter]) -> AsyncIterator[AsyncJob]:
        """Yield the org's jobs, newest first; failed jobs alone with the last failure first."""
        async for document in self._connection.pages("/v1/jobs", "jobs", query_of(filters)):
            yield AsyncJob(self._connection, document)

    async def batch(
        self, jobs: Iterable[NewJob], *, idempotency_key: str | None = None
    ) -> list[AsyncJob | ApiError]:
        """Submit 1 to 100 jobs in one request, and return for each the job, or why it was refused.

        It is repeated as long as one of them is refused with a transient status.
        """
        response = await self._connection.send(
            "POST",
            "/v1/jobs/batch",
            body={"jobs": list(jobs)},
            idempotency_key=idempotency_key or str(uuid4()),
            transient=has_transient_entry,
        )
        look = self._connection.next_look(response)
        return [
            AsyncJob(self._connection, entry["job"], look)
            if "job" in entry
            else ApiError.of_problem(entry["status"], entry["error"])
            for entry in read(response)["jobs"]
        ]

    async def bulk(
        self,
        action: Literal["cancel", "retry"],
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
        **filters: Unpack[JobFilter],
    ) -> AsyncJob:
        """Start a job that cancels or retries all jobs that the filters match, or only counts them.

        Its result is `{"matched": …, "done": …, "skipped": …}`.
        """
        body = {"action": action, "filter": filters, "dry_run": dry_run}
        return await submit(self._connection, "/v1/bulk", body, idempotency_key)

    async def wait_all(self, jobs: Sequence[AsyncJob], *, timeout: float | None = None) -> None:
        """Wait until all jobs have ended, with one request for up to 100 of them. Raises: WaitTimeout."""
        deadline = deadline_of(timeout, self._connection.clock())
        for start in range(0, len(jobs), MOST_IDS):
            await wait_together(self._connection, jobs[start : start + MOST_IDS], deadline)

    async def credits(self) -> int:
        """Return the credits that are left to the key's org, for jobs that have a price."""
        return int(read(await self._connection.send("GET", "/v1/credits"))["credits"])

    async def ledger(self) -> AsyncIterator[Movement]:
        """Yield the movements of the org's credits, newest first. Their sum is what is left."""
        async for movement in self._connection.pages("/v1/credits/ledger", "movements"):
            yield movement

    async def upload(
        self, content: bytes | BinaryIO, content_type: str = "application/octet-stream"
    ) -> Upload:
        """Upload bytes or a binary file, from its start, and return the value of an input that takes a file.

        A file is streamed. It has 1 byte to 1 GiB, and must be able to seek.
        """
        return await files.upload(self._connection, content, content_type)

    async def download(self, file: FileRef, into: BinaryIO) -> None:
        """Replace the content of `into`, a binary file that can seek, by a file of a result."""
        await files.download(self._connection, file["url"], into)
