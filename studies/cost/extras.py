"""AWS requests beyond a plain job's: another look, a callback, an idempotency key, a far timer, a flow.

The engine runs over moto, in one process and on a frozen clock. Each extra is the difference between a job
with it and a job without.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Findings
from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.flows import Limits, Rate
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.domain.outcome import Again
from claimcheck.domain.ports import SHARDS
from claimcheck.outbound.answer import Answer
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.submission import Draft, IdempotencyKey
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.measuring.capacity import Consumed, Gauge
from tests.kit.measuring.life import reads_default_callbacks
from tests.kit.world import Echo, Words, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.authoring.context import JobContext
    from claimcheck.bootstrap import Engine
    from tests.kit.cloud import Cloud

ORG = "acme"
LOOK = 30
"""Seconds between two looks: more than a worker waits itself."""
TIMERS = 64
"""Swept together: four per shard, on average."""


@dataclass
class Asked:
    """Requests by operation, and units."""

    requests: Counter[str] = field(default_factory=Counter)
    units: Consumed = field(default_factory=Consumed)

    def less(self, other: Asked) -> Asked:
        requests = Counter(self.requests)
        requests.subtract(other.requests)
        mine, theirs = self.units, other.units
        units = Consumed(mine.read - theirs.read, mine.written - theirs.written)
        return Asked(requests, units)

    def record(self, count: int = 1, invocations: int = 1) -> dict[str, Any]:
        """Return the mean of `count` jobs, as the model reads it."""
        return {
            "requests": {name: asked / count for name, asked in self.requests.items() if asked},
            "invocations": {"worker": invocations},
            "read_units": self.units.read / count,
            "write_units": self.units.written / count,
            "log_bytes": 0,
        }


class Meter:
    """Counts an engine's requests and the units that they consume."""

    def __init__(self, cloud: Cloud, engine: Engine) -> None:
        self._asked: Asked | None = None
        self._before: list[Any] = []
        self._gauge = Gauge(cloud.dynamodb)
        dynamodb, sqs = engine.store._table.client, engine.queue._service.client  # type: ignore[attr-defined]
        dynamodb.meta.events.register("provide-client-params.dynamodb.*", self._note)
        dynamodb.meta.events.register("after-call.dynamodb.*", self._count)
        sqs.meta.events.register("after-call.sqs.*", self._sent)

    @contextmanager
    def counting(self) -> Iterator[Asked]:
        self._asked = asked = Asked()
        yield asked
        self._asked = None

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._params = params
        gauged = self._asked is not None and self._gauge.knows(model.name)
        self._before = self._gauge.touched(model.name, params) if gauged else []

    def _count(self, model: Any, **_: Any) -> None:
        if self._asked is not None and not reads_default_callbacks(self._params):
            self._asked.requests[f"dynamodb.{model.name}"] += 1
            self._asked.units = Consumed.total([self._asked.units, self._consumed(model.name)])

    def _consumed(self, operation: str) -> Consumed:
        params = self._params
        if self._gauge.knows(operation):
            after = self._gauge.touched(operation, params)
            return self._gauge.consumed(operation, params, self._before, after)
        # Every row is under 4 KB. Queries of an index belong to the sweep.
        queried = operation == "Query" and "IndexName" not in params
        return Consumed(read=queried * _read(params))

    def _sent(self, model: Any, **_: Any) -> None:
        if self._asked is not None:
            self._asked.requests[f"sqs.{model.name}"] += 1


class Receiver:
    """Takes every callback."""

    def request(self, *_: Any, **__: Any) -> Answer:
        return Answer(200, {}, b"")


def measure() -> Findings:
    clock = FrozenClock()
    # The lines that jobs log go nowhere.
    with moto_cloud() as cloud, queue_time(clock), redirect_stdout(StringIO()):
        site = Site(cloud, clock)
        extras = (site.look, site.callback, site.idempotency_key, site.far_timer, site.flow, site.line)
        series = {extra.__name__: extra() for extra in extras}
    return Findings(figures=_figures(series), series=series)


class Site:
    """An engine, what it runs on, and its one job type, which looks as often as its input says."""

    def __init__(self, cloud: Cloud, clock: FrozenClock) -> None:
        self._cloud, self._clock = cloud, clock
        self._looks: Counter[str] = Counter()
        catalog = Catalog([job_type(deadline=6 * 3600)])
        parts: dict[str, Any] = {"catalog": catalog, "outbound": Receiver(), "spread": map}
        # Whose ids decide which shards the timers are in.
        randomness = SeededRandomness(0)
        find = {"echo": self._handle}.get
        self._engine = bootstrap(cloud.settings, clock, randomness, find_handler=find, **parts)
        self._meter = Meter(cloud, self._engine)
        issue_secret(self._engine.documents, ORG, clock.now())

    def look(self) -> dict[str, Any]:
        """One more execution that is not the last."""
        return self.lived(looks=2).less(self.lived(looks=1)).record()

    def callback(self) -> dict[str, Any]:
        return self.lived(callback_url="https://example.com/hook").less(self.lived()).record()

    def idempotency_key(self) -> dict[str, Any]:
        return self.lived(key=IdempotencyKey("hash", "fingerprint")).less(self.lived()).record(invocations=0)

    def flow(self) -> dict[str, Any]:
        """A flow that lets the job start at once. Later submissions know the flow."""
        return self._in_flow(Limits(1)).record(invocations=0)

    def line(self) -> dict[str, Any]:
        """A flow with a rate: each job enters the line, is granted its start, and is woken again."""
        return self._in_flow(Limits(rate=Rate(1000))).record()

    def _in_flow(self, limits: Limits) -> Asked:
        self._engine.flow_editor.put(ORG, "one", limits, paused=False)
        self.lived(flow="one")
        return self.lived(flow="one").less(self.lived())

    def far_timer(self) -> dict[str, Any]:
        """The sweeper's part, in a sweep of many, without the queries that it would have asked anyway."""
        for _ in range(TIMERS):
            self._submit(run_at=self._clock.now() + HOUR)
        assert not self._cloud.receive(), "beyond what SQS delays"
        self._clock.advance(HOUR - 10 * MINUTE)
        with self._meter.counting() as asked:
            self._engine.sweeper.sweep(lambda: MINUTE)
        asked.requests["dynamodb.Query"] -= SHARDS
        return asked.record(TIMERS, invocations=0)

    def lived(self, looks: int = 0, key: IdempotencyKey | None = None, **draft: Any) -> Asked:
        """Run one job to its end, and return everything that it asked."""
        with self._meter.counting() as asked:
            job_id = self._submit(looks, key, **draft)
            while messages := self._cloud.receive():
                for message in messages:
                    self._engine.worker.run(wake_up_of(message["Body"]), lambda: HOUR)
                self._clock.advance(LOOK * SECOND)
        assert self._engine.store.read(job_id).ended_at  # type: ignore[union-attr]
        return asked

    def _submit(self, looks: int = 0, key: IdempotencyKey | None = None, **draft: Any) -> str:
        given = {"text": "hello", "times": looks + 1}
        fixed: dict[str, Any] = {"org": ORG, "plan": "free", "dialect": "canonical", "type": "echo"}
        submission = self._engine.submission
        # Like the endpoints: look for an earlier submission with this key first.
        accepted = submission.replay(ORG, key) or submission.submit(Draft(**fixed, input=given, **draft), key)
        return accepted.job.job_id

    def _handle(self, given: Words, job: JobContext) -> Echo | Again:
        self._looks[job.job_id] += 1
        if self._looks[job.job_id] < given.times:
            return Again(after=LOOK)
        return Echo(text=given.text)


def _read(params: dict[str, Any]) -> float:
    return 1.0 if params.get("ConsistentRead") else 0.5


def _figures(series: dict[str, dict[str, Any]]) -> list[Figure]:
    names = {
        "look": "another look at a third party's job (`Again`)",
        "callback": "a callback delivered at its first attempt",
        "idempotency_key": "an `Idempotency-Key`",
        "flow": "a flow that lets the job start at once",
        "line": "a flow in whose line the job waits",
        "far_timer": "a timer more than 15 minutes ahead, one of many due in its minute",
    }
    rows = [
        (f"{name}_{kind}", f"{what}: {words}", value)
        for name, what in names.items()
        for kind, words, value in (
            ("calls", "AWS calls", sum(series[name]["requests"].values())),
            ("writes", "write units", series[name]["write_units"]),
        )
    ]
    return [Figure(name=name, what=what, value=value, kept=True) for name, what, value in rows]
