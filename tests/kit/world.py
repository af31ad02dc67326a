"""The whole engine in memory, under a frozen clock. Most tests use it."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

from claimcheck.authoring.catalog import Catalog, JobModel, JobType
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import MINUTE, SECOND, Job
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import issue_key
from claimcheck.http.server import Api
from claimcheck.installed import ENDPOINTS, dialects
from claimcheck.service.attempt import Interruption
from claimcheck.settings import Settings
from claimcheck.testing import (
    FrozenClock,
    MemoryDocumentStore,
    MemoryFileStore,
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryWakeUpQueue,
    SeededRandomness,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from claimcheck.authoring.context import JobContext
    from claimcheck.http.contract import Dialect, Endpoints


NEVER = 1 << 60


class Words(JobModel):
    text: str
    times: int = 1


class Echo(JobModel):
    text: str


class Killed(Interruption):
    """The process of a worker is gone."""


@contextmanager
def killed(duration: int) -> Iterator[None]:
    """A timer that the worker does not survive: its handler runs, and nothing after it."""
    yield
    raise Killed


def echo(given: Words, job: JobContext) -> Echo:
    return Echo(text=given.text * given.times)


def job_type(name: str = "echo", **changes: Any) -> JobType:
    defaults: dict[str, Any] = {
        "name": name,
        "summary": "Returns its input.",
        "input": Words,
        "result": Echo,
        "timeout": 60,
        "typical": 10,
        "deadline": 3600,
        "retention": 7200,
    }
    return JobType(**defaults | changes)


def event(
    method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, query: str = ""
) -> dict[str, Any]:
    """Return an HTTP API event, payload format 2.0, of a request to an encoded path."""
    return {
        "version": "2.0",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": headers or {},
        "requestContext": {"http": {"method": method, "path": path}, "requestId": "req-1"},
        "body": body.decode("utf-8", "surrogateescape"),
        "isBase64Encoded": False,
    }


def among(endpoints: Endpoints, names: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the endpoints of the job types with these names."""
    return {
        dialect: {path: name for path, name in paths.items() if name in names}
        for dialect, paths in endpoints.items()
    }


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @classmethod
    def of(cls, event: dict[str, Any]) -> Self:
        """Read the answer of a function."""
        text = event["body"]
        decoded = b64decode(text).decode() if event.get("isBase64Encoded") else text
        return cls(event["statusCode"], event["headers"], decoded)


@dataclass
class World:
    """`handlers` has the function of each job type. Endpoints of other job types are left out."""

    handlers: dict[str, Callable[..., Any]] = field(default_factory=lambda: {"echo": echo})
    job_types: list[JobType] = field(default_factory=lambda: [job_type()])
    store: Any = field(default_factory=MemoryJobStore)
    keys: Any = field(default_factory=MemoryKeyStore)
    documents: Any = field(default_factory=MemoryDocumentStore)
    objects: Any = field(default_factory=MemoryObjectStore)
    files: Any = field(default_factory=MemoryFileStore)
    seed: int = 0
    # None means the real one, which uses the real clock.
    timer: Any = None
    dialects: tuple[Dialect, ...] = dialects()
    endpoints: Endpoints = field(default_factory=lambda: ENDPOINTS)
    settings: Settings = field(default_factory=Settings)
    clock: FrozenClock = field(default_factory=lambda: FrozenClock())

    def __post_init__(self) -> None:
        self.queue: Any = MemoryWakeUpQueue(self.clock)
        self.randomness = SeededRandomness(self.seed)
        self.parts: dict[str, Any] = {
            "store": self.store,
            "keys": self.keys,
            "queue": self.queue,
            "credits": getattr(self.store, "credits", None),
            "schedule_store": getattr(self.store, "schedules", None),
            "flow_store": getattr(self.store, "flows", None),
            "documents": self.documents,
            "objects": self.objects,
            "files": self.files,
            "catalog": Catalog(self.job_types),
            "find_handler": self.handlers.get,
            "spread": map,
            "timer": self.timer,
        }
        self.rebuild()
        self.acme = self.key("acme", limit=100_000)

    def rebuild(self, **parts: Any) -> None:
        """Rebuild the engine with these parts replaced."""
        self.parts |= parts
        self.engine = bootstrap(self.settings, self.clock, self.randomness, **self.parts)
        endpoints = among(self.endpoints, self.engine.catalog.names)
        self.api = Api(self.engine, self.dialects, endpoints)

    def key(self, org: str, **changes: Any) -> str:
        return issue_key(self.keys, ApiKey(org=org, **changes))

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        query: str = "",
        **headers: str,
    ) -> Answer:
        """Call the API with `key` (acme's by default); `idempotency_key="k"` becomes a header."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent.setdefault("authorization", f"Bearer {key or self.acme}")
        if body is not None:
            sent.setdefault("content-type", "application/json")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return Answer.of(self.api.handle(event(method, path, raw, sent, query)))

    def submit(self, text: str = "hello", **body: Any) -> str:
        answer = self.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": text}} | body)
        assert answer.status == 202, answer.text
        return str(answer.json["job_id"])

    def job(self, job_id: str) -> Job:
        job: Job | None = self.store.read(job_id)
        assert job is not None
        return job

    def work(self, remaining: int = 900 * SECOND) -> None:
        """Deliver every visible wake-up."""
        while (wake_up := self.queue.receive()) is not None:
            self.engine.worker.run(wake_up.job_id, lambda: remaining)

    def sweep(self) -> None:
        self.engine.sweeper.sweep(lambda: MINUTE)

    def advance(self, duration: int) -> None:
        """Advance the clock: deliver wake-ups as they become visible, and sweep every minute."""
        end = self.clock.now() + duration
        while (at := self._next_event()) <= end:
            self.clock.advance_to(at)
            if at % MINUTE == 0:
                self.sweep()
            self.work()
        self.clock.advance_to(end)

    def _next_event(self) -> int:
        """Return the next time at which a wake-up becomes visible or a tick finds a due row."""
        now = self.clock.now()
        rows = [*self.store.all_jobs(), *self.store.schedules.all_schedules()]
        due_rows = [row.due_at for row in rows if row.due_at is not None]
        due = min([*due_rows, *(at for at, _ in self.store.flows.due_flows())], default=NEVER)
        next_tick = max(now // MINUTE + 1, -(-due // MINUTE)) * MINUTE
        visible = self.queue.next_visible_at
        return next_tick if visible is None else min(next_tick, max(visible, now))

    def expire(self) -> None:
        """Run all jobs to their ends, and advance the clock until they have expired."""
        self.work()
        self.clock.advance_to(max(job.expires_at or 0 for job in self.store.all_jobs()))
