"""Values that the simulation reads from the engine and the template, and the parameters of a deployment.

The engine's values are stored with the results. A test compares them with the current ones, so the page is
never out of date.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from claimcheck.authoring.catalog import JobType
from claimcheck.aws import calls as aws
from claimcheck.aws import sqs
from claimcheck.domain import job as model
from claimcheck.domain.ports import SHARDS
from claimcheck.domain.retry import RetryPolicy
from claimcheck.service import sweeper as sweeping
from deploy.stages import read_stage
from studies.growth import limits
from tests.kit.deployment import TEMPLATE, properties

PRODUCTION = read_stage("prod").parameters


def default(parameter: str) -> int:
    return int(TEMPLATE["Parameters"][parameter]["Default"])


def in_production(parameter: str) -> int:
    """Return the value of the stage `prod`."""
    return int(PRODUCTION[parameter])


def most(parameter: str) -> int:
    return int(TEMPLATE["Parameters"][parameter]["MaxValue"])


def _job_type(name: str) -> int:
    (found,) = (each.default for each in fields(JobType) if each.name == name)
    assert isinstance(found, int)
    return found


def _seconds(duration: model.Millis) -> int:
    return duration // model.SECOND


def tick() -> int:
    """Return the seconds between two sweeps."""
    rate = properties("Sweeper")["Events"]["Tick"]["Properties"]["ScheduleExpression"]
    assert rate == "rate(1 minute)", rate
    return 60


POLICY = RetryPolicy()
TIMEOUT = _job_type("timeout")
DEADLINE = _job_type("deadline")
VISIBILITY = default("WorkerTimeout")
SWEEP = int(properties("Sweeper")["Timeout"]) - _seconds(sweeping.SPARE)
TICK = tick()
WAIT_OUT = _seconds(model.WAIT_OUT)
NEAR = _seconds(model.MAX_DELAY)


def engine() -> dict[str, Any]:
    """Return all values by name, times in seconds."""
    return {
        "grace": _seconds(model.GRACE),
        "far lead": _seconds(model.FAR_LEAD),
        "longest delay": NEAR,
        "waited out": WAIT_OUT,
        "lease margin": _seconds(model.LEASE_MARGIN),
        "shards": SHARDS,
        "page": sweeping.PAGE,
        "crowd": sweeping.CROWD,
        "batch of wake-ups": sqs.BATCH,
        "tries of a call": aws.TRIES,
        "base of their pauses, ms": aws.BASE,
        "timeout": TIMEOUT,
        "deadline": DEADLINE,
        "attempts": POLICY.max_attempts,
        "retry base": POLICY.base,
        "retry cap": POLICY.cap,
        "visibility": VISIBILITY,
        "tick": TICK,
        "time of a sweep": SWEEP,
        "workers": in_production("WorkerMaxConcurrency"),
        "workers at most": most("WorkerMaxConcurrency"),
        "batch size": default("WorkerBatchSize"),
        "throttling rate": default("ThrottlingRate"),
        "throttling burst": default("ThrottlingBurst"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The template's parameters and AWS's quotas of one stack. `cells` such stacks share the load.

    `row_cpu` and `row_calls` are the seconds that one row of a sweep takes of the sweeper's CPU, and of one
    shard's thread. Both are assumptions (see `sweeper`).
    """

    cells: int = 1
    api_rate: int = default("ThrottlingRate")
    api_burst: int = default("ThrottlingBurst")
    workers: int = in_production("WorkerMaxConcurrency")
    workers_at_first: int = limits.POLLERS_AT_FIRST.value
    workers_growth: float = limits.POLLERS_GROWTH.value / 60
    table_writes: int = limits.TABLE_WRITES.value
    warm_writes: int = limits.NEW_TABLE_WRITES.value
    shards: int = SHARDS
    row_cpu: float = 0.001
    row_calls: float = 0.0065
