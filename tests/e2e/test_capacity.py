"""A job's DynamoDB units: the local stack reports, indexes included, what the benchmarks compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.domain.job import HOUR
from claimcheck.service.submission import Draft, IdempotencyKey
from tests.kit.measuring.capacity import Consumed, Gauge
from tests.kit.measuring.life import reads_default_callbacks
from tests.kit.world import echo, job_type

if TYPE_CHECKING:
    from tests.kit.cloud import Cloud


@pytest.fixture
def engine(cloud: Cloud) -> Engine:
    return bootstrap(cloud.settings, catalog=Catalog([job_type()]), find_handler={"echo": echo}.get)


class Meter:
    """Records each call of a client, with the reported and the computed units."""

    def __init__(self, client: Any, gauge: Gauge) -> None:
        self.calls: list[tuple[str, float, Consumed]] = []
        self._gauge = gauge
        client.meta.events.register("before-parameter-build.dynamodb.*", self._ask)
        client.meta.events.register("after-call.dynamodb.*", self._add)

    def _ask(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._asked = params
        if reads_default_callbacks(params):
            return
        params["ReturnConsumedCapacity"] = "TOTAL"
        self._before = self._gauge.touched(model.name, params)

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if reads_default_callbacks(self._asked):
            return
        shown = parsed["ConsumedCapacity"]
        reported = sum(each["CapacityUnits"] for each in (shown if isinstance(shown, list) else [shown]))
        after = self._gauge.touched(model.name, self._asked)
        computed = self._gauge.consumed(model.name, self._asked, self._before, after)
        self.calls.append((model.name, reported, computed))


@pytest.mark.parametrize(
    ("key", "text", "written"),
    [
        (None, "hello", 6.0),
        (IdempotencyKey("hash", "fingerprint"), "hello", 9.0),
        # At the end an input of more than 1 KB is removed and a result of that size added: 4, 2 and 3 units.
        (None, "x" * 1000, 9.0),
    ],
)
def test_a_jobs_units_are_as_computed_and_within_the_limit(
    engine: Engine, cloud: Cloud, key: IdempotencyKey | None, text: str, written: float
) -> None:
    draft = Draft(org="metered", plan="free", dialect="canonical", type="echo", input={"text": text})
    meter = Meter(engine.store._table.client, Gauge(cloud.dynamodb))  # type: ignore[attr-defined]

    job = engine.submission.submit(draft, key).job
    engine.worker.run(job.job_id, lambda: HOUR)

    assert engine.reader.get("metered", job.job_id).result is not None
    assert [(name, shown) for name, shown, _ in meter.calls] == [
        (name, sum(units)) for name, _, units in meter.calls
    ]
    assert sum(units.written for _, _, units in meter.calls) == written
    assert [units.read for name, _, units in meter.calls if name == "GetItem"] == [1.0, 1.0]
