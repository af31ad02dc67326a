"""The simulated days: three rates, with the default parameters and with the ones that the page recommends."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from studies.growth import limits, parameters, tally
from studies.growth.day import simulate
from studies.growth.load import MINUTE, Load
from studies.growth.parameters import Deployment

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`turned` describes what differs from the defaults."""

    name: str
    rate: int
    title: str
    turned: str = ""
    deployment: Deployment


SHIPPED = Deployment()
CELL = Deployment(cells=2, api_rate=10_000, api_burst=5_000, workers=parameters.most("WorkerMaxConcurrency"))
UNBOUND = Deployment(
    api_rate=2_000_000,
    api_burst=1_000_000,
    workers=limits.PROVISIONED_MOST.value,
    workers_growth=limits.PROVISIONED_GROWTH.value / MINUTE,
    table_writes=2_000_000,
    warm_writes=2_000_000,
)
SCENARIOS = (
    Scenario(name="ten", rate=10, title="10 per second, default", deployment=SHIPPED),
    Scenario(name="thousand", rate=1_000, title="1,000 per second, default", deployment=SHIPPED),
    Scenario(
        name="thousand-turned",
        rate=1_000,
        title="1,000 per second, two cells",
        turned=(
            "two cells, each with `WorkerMaxConcurrency` 1,000 and `ThrottlingRate` 10,000; quotas: Lambda "
            "concurrency 3,000, API Gateway 20,000 requests per second"
        ),
        deployment=CELL,
    ),
    Scenario(name="hundred-thousand", rate=100_000, title="100,000 per second, default", deployment=SHIPPED),
    Scenario(
        name="hundred-thousand-one",
        rate=100_000,
        title="100,000 per second, one stack",
        turned="one stack, with quotas that are never reached, provisioned pollers, and a warm table",
        deployment=UNBOUND,
    ),
    Scenario(
        name="hundred-thousand-turned",
        rate=100_000,
        title="100,000 per second, 32 cells",
        turned=(
            "32 cells, each with provisioned pollers for 10,000 workers, `ThrottlingRate` 50,000, and table "
            "and indexes warmed up to 30,000 write units per second"
        ),
        deployment=replace(
            UNBOUND,
            cells=32,
            api_rate=50_000,
            api_burst=25_000,
            workers=10_000,
            table_writes=limits.TABLE_WRITES.value,
            warm_writes=30_000,
        ),
    ),
)


def run(scenario: Scenario) -> dict[str, Any]:
    """Simulate a day of one cell, and return it as results.json stores it."""
    day = simulate(Load(rate=scenario.rate), scenario.deployment, SEED)
    return {
        "deployment": asdict(scenario.deployment),
        "left": day.left,
        "refused": day.refused,
        **tally.recorded(day.tally),
    }


def run_all() -> Iterator[tuple[Scenario, dict[str, Any]]]:
    """Run the scenarios in parallel. The results do not depend on the number of processors."""
    with ProcessPoolExecutor() as pool:
        yield from zip(SCENARIOS, pool.map(run, SCENARIOS), strict=True)
