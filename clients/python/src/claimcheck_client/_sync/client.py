"""The client of one deployment."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload
from urllib.parse import quote
from uuid import uuid4

import httpx

from claimcheck_client._errors import ApiError
from claimcheck_client._exchange import check_url, deadline_of, has_transient_entry, query_of, read
from claimcheck_client._sync import files
from claimcheck_client._sync.callbacks import Callbacks
from claimcheck_client._sync.connection import Connection
from claimcheck_client._sync.jobs import Job, submit, wait_together
from claimcheck_client._sync.named import Flows, Schedules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO, Unpack

    from claimcheck_client._documents import FileRef, JobFilter, Model, Movement, NewJob, Options, Upload

T = TypeVar("T")
MOST_IDS = 100
"""The jobs that one request can read."""


class Claimcheck:
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
        http_client: httpx.Client | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        randomness: Callable[[], float] = random.random,
    ) -> None:
        """Raises: ValueError if the URL or the key cannot be one."""
        check_url(url)
        if not (key and key.isascii() and key.isprintable()):
            raise ValueError("key must be printable ASCII characters, without a line break")
        http = http_client or httpx.Client(timeout=timeout)
        self._connection = Connection(http, url.rstrip("/"), key, repeat_for, clock, sleep, randomness)
        self.schedules = Schedules(self._connection)
        self.flows = Flows(self._connection)
        self.callbacks = Callbacks(self._connection)

    @property
    def url(self) -> str:
        return self._connection.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.http.close()

    def submit(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> Job:
        """Submit a job. Its input is a dict or a pydantic model."""
        body = {"type": type, "input": input, **options}
        return submit(self._connection, "/v1/jobs", body, idempotency_key)

    @overload
    def run(
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
    def run(
        self,
        type: str,
        input: Mapping[str, Any] | Model,
        *,
        timeout: float | None = None,
        result_type: type[T],
        idempotency_key: str | None = None,
        **options: Unpack[Options],
    ) -> T: ...
    def run(
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
        job = self.submit(type, input, idempotency_key=idempotency_key, **options)
        return job.result(result_type, timeout=timeout)

    def job(self, job_id: str) -> Job:
        """Read a job."""
        path = f"/v1/jobs/{quote(job_id, safe='')}"
        return Job.of(self._connection, self._connection.send("GET", path))

    def jobs(self, **filters: Unpack[JobFilter]) -> Iterator[Job]:
        """Yield the org's jobs, newest first; failed jobs alone with the last failure first."""
        for document in self._connection.pages("/v1/jobs", "jobs", query_of(filters)):
            yield Job(self._connection, document)

    def batch(self, jobs: Iterable[NewJob], *, idempotency_key: str | None = None) -> list[Job | ApiError]:
        """Submit 1 to 100 jobs in one request, and return for each the job, or why it was refused.

        It is repeated as long as one of them is refused with a transient status.
        """
        response = self._connection.send(
            "POST",
            "/v1/jobs/batch",
            body={"jobs": list(jobs)},
            idempotency_key=idempotency_key or str(uuid4()),
            transient=has_transient_entry,
        )
        look = self._connection.next_look(response)
        return [
            Job(self._connection, entry["job"], look)
            if "job" in entry
            else ApiError.of_problem(entry["status"], entry["error"])
            for entry in read(response)["jobs"]
        ]

    def bulk(
        self,
        action: Literal["cancel", "retry"],
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
        **filters: Unpack[JobFilter],
    ) -> Job:
        """Start a job that cancels or retries all jobs that the filters match, or only counts them.

        Its result is `{"matched": …, "done": …, "skipped": …}`.
        """
        body = {"action": action, "filter": filters, "dry_run": dry_run}
        return submit(self._connection, "/v1/bulk", body, idempotency_key)

    def wait_all(self, jobs: Sequence[Job], *, timeout: float | None = None) -> None:
        """Wait until all jobs have ended, with one request for up to 100 of them. Raises: WaitTimeout."""
        deadline = deadline_of(timeout, self._connection.clock())
        for start in range(0, len(jobs), MOST_IDS):
            wait_together(self._connection, jobs[start : start + MOST_IDS], deadline)

    def credits(self) -> int:
        """Return the credits that are left to the key's org, for jobs that have a price."""
        return int(read(self._connection.send("GET", "/v1/credits"))["credits"])

    def ledger(self) -> Iterator[Movement]:
        """Yield the movements of the org's credits, newest first. Their sum is what is left."""
        yield from self._connection.pages("/v1/credits/ledger", "movements")

    def upload(self, content: bytes | BinaryIO, content_type: str = "application/octet-stream") -> Upload:
        """Upload bytes or a binary file, from its start, and return the value of an input that takes a file.

        A file is streamed. It has 1 byte to 1 GiB, and must be able to seek.
        """
        return files.upload(self._connection, content, content_type)

    def download(self, file: FileRef, into: BinaryIO) -> None:
        """Replace the content of `into`, a binary file that can seek, by a file of a result."""
        files.download(self._connection, file["url"], into)
