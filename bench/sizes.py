"""Requests of a submission, a poll, a list and a sweep, which do not depend on the table's size.

Port calls are counted with up to a million jobs in memory. DynamoDB requests are counted with up to ten
thousand in moto, which cannot hold more. Each request must name a key, or one partition of an index and a
limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Findings
from claimcheck.aws import calls as aws
from claimcheck.aws.dynamodb.rows import job_item
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import HOUR, MINUTE, JobError, Payload
from claimcheck.domain.ports import DuePage, Page
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.kit.cloud import moto_cloud
from tests.kit.jobs import new_job
from tests.kit.measuring.filling import fill
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimcheck.domain.job import Job, Millis

IN_MEMORY = (10, 10_000, 1_000_000)
IN_MOTO = (10, 10_000)
# Due rows, for every size: a sweep's calls depend on them.
DUE = 5
# Fewer jobs than the caller's org has in the smallest table.
LISTED = 5
ORG = "acme"
# Six of ten jobs belong to one org, the others to a hundred.
SHARE, OTHERS = 6, 100

ACTIONS: dict[str, Callable[[World, str], Any]] = {
    "submit": lambda world, _: world.submit(),
    "get": lambda world, job_id: world.request("GET", f"/v1/jobs/{job_id}"),
    "list": lambda world, _: world.request("GET", "/v1/jobs", query=f"limit={LISTED}"),
    "filter": lambda world, _: world.request("GET", "/v1/jobs", query=f"limit={LISTED}&status=processing"),
    "failures": lambda world, _: world.request("GET", "/v1/jobs", query=f"limit={LISTED}&status=failed"),
    "sweep": lambda world, _: world.sweep(),
}
PAGED = ("list", "filter", "failures", "sweep")
WORDS = {
    "submit": "a submission",
    "get": "a poll",
    "list": f"a list page of {LISTED} jobs",
    "filter": "a list page for a status without jobs",
    "failures": f"a list page of the last {LISTED} failures",
    "sweep": f"a sweep with {DUE} rows due",
}


def jobs(count: int, now: Millis) -> Iterator[Job]:
    """Yield jobs: the first are due, the last have failed. Of the others one in five runs tomorrow, and the
    rest are completed.
    """
    randomness = SeededRandomness()
    due = new_job(created_at=now - HOUR, due_at=now, deadline=now + HOUR)
    later = due.evolve(due_at=now + 24 * HOUR)
    result = Payload(16, text='{"text":"hello"}')
    ended = due.claimed(now - HOUR, "token", MINUTE).ended(now - HOUR + MINUTE, result=result)
    failed = due.claimed(now - HOUR, "token", MINUTE).ended(now - HOUR + MINUTE, error=JobError("no", "No."))
    for number in range(count):
        fails = number >= count - LISTED
        like = due if number < DUE else failed if fails else later if number % 5 == 0 else ended
        org = ORG if number % 10 < SHARE or fails else f"org-{number % OTHERS}"
        yield like.evolve(job_id=randomness.job_id(now - HOUR), org=org)


@dataclass
class Asked:
    """The requests of one action.

    `calls` of the ports returned `rows`. DynamoDB `requests` read the rows `looked_at`; `unbounded` of them
    had no limit.
    """

    calls: int = 0
    rows: int = 0
    requests: int = 0
    looked_at: int = 0
    unbounded: int = 0


class Meter:
    """Counts for the current action."""

    def __init__(self) -> None:
        self.asked = Asked()

    def counting(self, port: Any) -> Any:
        return Counting(port, self)

    def watch(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.asked.requests += 1
        self.asked.unbounded += not _bounded(model.name, params)

    def look(self, parsed: dict[str, Any], **_: Any) -> None:
        self.asked.looked_at += parsed.get("ScannedCount", 0)


class Counting:
    """A port that counts its calls and the rows they return."""

    def __init__(self, port: Any, meter: Meter) -> None:
        self._port = port
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._port, name)

        def counted(*args: Any) -> Any:
            answer = operation(*args)
            self._meter.asked.calls += 1
            self._meter.asked.rows += _rows(answer)
            return answer

        return counted


def _rows(answer: Any) -> int:
    if isinstance(answer, Page):
        return len(answer.entries)
    return len(answer.job_ids) if isinstance(answer, DuePage) else 0


def in_memory(count: int) -> dict[str, Asked]:
    world = World()
    for job in jobs(count, world.clock.now()):
        world.store.insert(job, None, None)
    return act(world, Meter())


def in_moto(count: int) -> dict[str, Asked]:
    meter = Meter()
    with moto_cloud() as cloud:
        # A client copies the session's hooks when it is created.
        hooks: Any = aws.session()
        hooks.register("before-parameter-build.dynamodb.*", meter.watch)
        hooks.register("after-call.dynamodb.*", meter.look)
        engine = bootstrap(cloud.settings, FrozenClock())
        world = World(store=engine.store, settings=cloud.settings)
        fill(cloud, map(job_item, jobs(count, world.clock.now())))
        return act(world, meter)


def _bounded(operation: str, params: dict[str, Any]) -> bool:
    """Return whether the rows that a request reads do not depend on the table's size."""
    if operation == "Query":
        return "KeyConditionExpression" in params and "Limit" in params
    return operation in ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "TransactWriteItems")


def act(world: World, meter: Meter) -> dict[str, Asked]:
    """Run each action once, the API's as the largest org."""
    [job_id] = [job.job_id for job in jobs(1, world.clock.now())]
    world.rebuild(store=meter.counting(world.store), queue=meter.counting(world.queue))
    found = {}
    for name, action in ACTIONS.items():
        meter.asked = found[name] = Asked()
        answer = action(world, job_id)
        assert getattr(answer, "status", 200) == 200, answer
    return found


def measure(in_memory_of: Sequence[int] = IN_MEMORY, in_moto_of: Sequence[int] = IN_MOTO) -> Findings:
    ports = {count: in_memory(count) for count in in_memory_of}
    wire = {count: in_moto(count) for count in in_moto_of}
    figures = []
    for name in ACTIONS:
        figures += [_figure(name, "calls", "port calls", ports)]
        figures += [_figure(name, "requests", "DynamoDB requests", wire)]
        if name in PAGED:
            figures += [_figure(name, "rows", "rows returned", ports)]
            figures += [_figure(name, "looked_at", "rows that DynamoDB reads", wire)]
    unbounded = sum(asked.unbounded for found in wire.values() for asked in found.values())
    what = "DynamoDB requests with neither a key nor a partition and a limit"
    figures.append(Figure("unbounded", what, unbounded, most=0, kept=True))
    return Findings(figures=figures)


def _figure(action: str, kind: str, what: str, found: dict[int, dict[str, Asked]]) -> Figure:
    """Return the largest number of all sizes. The smallest table's number is its limit."""
    values = {count: getattr(asked[action], kind) for count, asked in found.items()}
    return Figure(
        f"{action}_{kind}",
        f"{WORDS[action]}: {what} with {max(values):,} jobs stored; at most as with {min(values):,}",
        max(values.values()),
        most=values[min(values)],
        kept=True,
    )
