"""A job's requests to AWS, units and logs, for each part of its life.

Each of the four functions runs in its own process, configured by the template. Every request is counted by an
HTTP server in front of moto, so no request of a process is missed.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.aws.dynamodb.rows import org_key
from claimcheck.domain.keys import EVERYBODY
from tests.kit import events
from tests.kit.deployed import issue_key
from tests.kit.measuring.capacity import READS, Consumed, Gauge
from tests.kit.process import Processes, all_running
from tests.kit.world import event

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

POLLS = 5
BATCH = 100
# Its row stays under 1 KB.
SMALL: dict[str, Any] = {
    "type": "echo",
    "input": {"text": "You leave your coat, you get a claim check."},
}
# It fails at once.
FAILING = {"type": "fail", "input": {}}
# Modules that a poll must not import: each costs a cold start more than a poll's own work.
UNWANTED = ("pydantic", "boto3", "s3transfer", "multiprocessing", "aws_xray_sdk", "aws_lambda_powertools")


def reads_default_callbacks(params: Mapping[str, Any]) -> bool:
    """Return whether a query is that of all orgs' default callbacks: once a minute, so no job pays for it."""
    return bool(params.get("ExpressionAttributeValues", {}).get(":pk") == org_key(EVERYBODY)["pk"])


class Request(NamedTuple):
    """`operation` is as in `dynamodb.PutItem`; `consumed` is None if it cannot be computed."""

    operation: str
    params: dict[str, Any]
    consumed: Consumed | None

    @property
    def counts_a_rate_window(self) -> bool:
        key = self.params.get("Key", {}).get("pk", {"S": ""})["S"]
        return self.operation == "dynamodb.UpdateItem" and key.startswith("RATE#")


@dataclass
class Part:
    """A part of a job's life: its requests to AWS, the functions that ran, and the bytes they logged."""

    requests: list[Request] = field(default_factory=list)
    invocations: Counter[str] = field(default_factory=Counter)
    log_bytes: int = 0

    @property
    def own(self) -> list[Request]:
        """The job's own requests, without rate windows, which other requests of the same minute share."""
        return [each for each in self.requests if not each.counts_a_rate_window]

    @property
    def calls(self) -> list[str]:
        return [each.operation for each in self.own]

    @property
    def consumed(self) -> Consumed:
        """The units of the part. Raises: ValueError if a request's units cannot be computed."""
        units = [each.consumed for each in self.own if each.consumed is not None]
        if len(units) != len(self.own):
            raise ValueError(f"not to be computed: {self.calls}")
        return Consumed.total(units)

    @property
    def written(self) -> float:
        return sum(each.consumed.written for each in self.own if each.consumed is not None)

    @property
    def record(self) -> dict[str, Any]:
        return {
            "requests": dict(Counter(self.calls)),
            "invocations": dict(self.invocations),
            "read_units": self.consumed.read,
            "write_units": self.consumed.written,
            "log_bytes": self.log_bytes,
        }


@dataclass(frozen=True)
class Life:
    """One immediate job, polled five times: twice before its end, three times after."""

    submit: Part
    work: Part
    polls: list[Part]

    @property
    def parts(self) -> list[Part]:
        return [self.submit, self.work, *self.polls]

    @property
    def calls(self) -> list[str]:
        return [call for part in self.parts for call in part.calls]

    @property
    def consumed(self) -> Consumed:
        return Consumed.total(part.consumed for part in self.parts)

    @property
    def log_bytes(self) -> int:
        return sum(part.log_bytes for part in self.parts)


class Many(NamedTuple):
    """`BATCH` jobs that are submitted in one request, and a poll of them all."""

    submit: Part
    poll: Part


class Observer:
    """Runs the functions, and records the requests of each part of a life."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._part = Part()
        self._gauge = Gauge(processes.cloud.dynamodb)
        processes.bridge.watch = self._watch

    @contextmanager
    def _watch(self, operation: str, body: bytes) -> Iterator[None]:
        service, _, name = operation.partition(".")
        params = json.loads(body) if body else {}
        if service == "dynamodb" and self._gauge.knows(name):
            before = self._gauge.touched(name, params)
            yield
            # Reading a hundred items again could take longer than the function waits.
            after = before if name in READS else self._gauge.touched(name, params)
            consumed: Consumed | None = self._gauge.consumed(name, params, before, after)
        else:
            yield
            consumed = None if service == "dynamodb" else Consumed()
        self._part.requests.append(Request(operation, params, consumed))

    def invoke(self, function: str, event: dict[str, Any]) -> tuple[Any, Part]:
        part = self._part = Part(invocations=Counter([function]))
        log = self._processes.functions[function]
        before = len(log.log.encode())
        answer = log.invoke(event)
        part.log_bytes = len(log.log.encode()) - before
        return answer, part

    def live(
        self, org: str, idempotency_key: str | None = None, body: Any = SMALL, end: str = "completed"
    ) -> Life:
        """Run one small job of this org."""
        key = issue_key(self._processes.cloud, org)
        event = events.with_body(events.load("submit_job", key), body, idempotency_key)
        accepted, submit = self.invoke("submit_job", event)
        poll = events.load("get_job", key, json.loads(accepted["body"])["job_id"])
        polls = [self._poll(poll, "pending") for _ in range(2)]
        # Lambda itself receives the message, so this does not go over the bridge.
        _, work = self.invoke("worker", events.batch(self._processes.cloud.receive()))
        polls += [self._poll(poll, end) for _ in range(POLLS - len(polls))]
        return Life(submit, work, polls)

    def live_together(self, org: str) -> Many:
        key = issue_key(self._processes.cloud, org)
        event = events.with_path(events.load("submit_job", key), "/v1/jobs/batch")
        accepted, submit = self.invoke("submit_job", events.with_body(event, {"jobs": [SMALL] * BATCH}))
        job_ids = [each["job"]["job_id"] for each in json.loads(accepted["body"])["jobs"]]
        while messages := self._processes.cloud.receive():
            self.invoke("worker", events.batch(messages))
        asked = events.load("list_jobs", key) | {"rawQueryString": f"ids={','.join(job_ids)}"}
        polled, poll = self.invoke("get_job", asked)
        assert [each["status"] for each in json.loads(polled["body"])["jobs"]] == ["completed"] * BATCH
        return Many(submit, poll)

    def live_in_flow(self, org: str, *, waits: bool) -> Part:
        """Run one small job of a flow of one, without polls. If it `waits`, the flow is paused at first."""
        key = issue_key(self._processes.cloud, org)
        submit = events.with_body(events.load("submit_job", key), SMALL | {"flow": "one"})
        self._change_flow(key, "PUT", "one", {"concurrency": 1})
        self._run([submit])
        if waits:
            self._change_flow(key, "POST", "one/pause")
        parts = self._run([submit])
        if waits:
            self._change_flow(key, "POST", "one/resume")
            parts += self._run([])
        return Part([request for part in parts for request in part.requests])

    def _change_flow(self, key: str, method: str, path: str, body: Any = None) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        answer, _ = self.invoke("submit_job", event(method, f"/v1/flows/{path}", text, headers))
        assert answer["statusCode"] < 300, answer["body"]

    def _run(self, submissions: list[dict[str, Any]]) -> list[Part]:
        """Submit jobs, and follow all wake-ups."""
        parts = [self.invoke("submit_job", each)[1] for each in submissions]
        while messages := self._processes.cloud.receive():
            parts.append(self.invoke("worker", events.batch(messages))[1])
        return parts

    def _poll(self, event: dict[str, Any], status: str) -> Part:
        answer, part = self.invoke("get_job", event)
        assert json.loads(answer["body"])["status"] == status
        return part

    def ask_everything(self) -> list[str]:
        """Run every kind of request, the worker and the sweeper, and return their operations."""
        key = issue_key(self._processes.cloud, "everything")
        asked = [
            self.invoke("submit_job", events.with_body(events.load("submit_job", key), SMALL)),
            self.invoke("submit_job", events.load("cancel_job", key)),
            self.invoke("get_job", events.load("list_jobs", key)),
            self.invoke("get_job", events.load("get_job", key)),
            self.invoke("worker", events.batch(self._processes.cloud.receive())),
            self.invoke("sweeper", events.load("tick")),
        ]
        return [request.operation for _, part in asked for request in part.requests]


@dataclass(frozen=True)
class Observed:
    """`first` is the first job of a new org, `warm` the next one, `keyed` the one after that, with an
    Idempotency-Key, and `unique` one with a unique key. `failed` is the first of another org, and fails.
    `many` were submitted in one request. `limited` has started at once in a flow, and `waited` after a wait
    in its line. `modules` are those of each function.
    """

    first: Life
    warm: Life
    keyed: Life
    unique: Life
    failed: Life
    many: Many
    limited: Part
    waited: Part
    everything: list[str]
    modules: dict[str, set[str]]


@cache
def observe() -> Observed:
    """Observe once per process: every section uses the same lives."""
    with TemporaryDirectory() as logs, all_running(Path(logs)) as processes:
        observer = Observer(processes)
        observer.live("warming-up")
        first, warm, keyed = observer.live("acme"), observer.live("acme"), observer.live("acme", "order-4711")
        # An org of its own: the others' requests use up the limit of a key.
        observer.live("unique")
        unique = observer.live("unique", body=SMALL | {"unique_key": "order-4711"})
        modules = {name: function.modules for name, function in processes.functions.items()}
        failed = observer.live("globex", body=FAILING, end="failed")
        many = observer.live_together("acme")
        limited, waited = (observer.live_in_flow("flows", waits=waits) for waits in (False, True))
        everything = observer.ask_everything()
        return Observed(first, warm, keyed, unique, failed, many, limited, waited, everything, modules)
