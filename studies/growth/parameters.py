"""Values that the simulation reads from the engine and the template, and the parameters of a deployment.

The engine's values are stored with the results. A test compares them with the current ones, so the page is
never out of date.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from claimcheck.authoring.catalog import JobType
from claimcheck.aws import calls as aws
from claimcheck.aws import sqs
from claimcheck.domain import job as model
from claimcheck.domain.ports import SHARDS
from claimcheck.domain.retry import RetryPolicy
from claimcheck.service import sweeper as sweeping
from studies.growth import limits

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
STAGES = TEMPLATE.with_name("samconfig.toml")


@cache
def template() -> dict[str, Any]:
    found: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return found


def default(parameter: str) -> int:
    return int(template()["Parameters"][parameter]["Default"])


def in_production(parameter: str) -> int:
    """Return the value of the stage `prod`."""
    stages = tomllib.loads(STAGES.read_text())
    given = dict(each.split("=", 1) for each in stages["prod"]["global"]["parameters"]["parameter_overrides"])
    return int(given.get(parameter, default(parameter)))


def most(parameter: str) -> int:
    return int(template()["Parameters"][parameter]["MaxValue"])


def _job_type(name: str) -> int:
    (found,) = (each.default for each in fields(JobType) if each.name == name)
    assert isinstance(found, int)
    return found


def _seconds(duration: model.Millis) -> int:
    return duration // model.SECOND


def _sweeper() -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"]["Sweeper"]["Properties"]
    return found


def tick() -> int:
    """Return the seconds between two sweeps."""
    rate = _sweeper()["Events"]["Tick"]["Properties"]["ScheduleExpression"]
    assert rate == "rate(1 minute)", rate
    return 60


POLICY = RetryPolicy()
TIMEOUT = _job_type("timeout")
DEADLINE = _job_type("deadline")
VISIBILITY = default("WorkerTimeout")
SWEEP = int(_sweeper()["Timeout"]) - _seconds(sweeping.SPARE)
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


def recorded(deployment: Deployment) -> dict[str, Any]:
    return {each.name: getattr(deployment, each.name) for each in fields(deployment)}
