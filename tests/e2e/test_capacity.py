"""What a job costs in DynamoDB, by the capacity that the local stack reports, indexes included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.catalog import Catalog
from claimcheck.model import HOUR
from claimcheck.service.submission import Draft, IdempotencyKey
from tests.world import echo, job_type

if TYPE_CHECKING:
    from tests.cloud import Cloud

WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")


@pytest.fixture
def engine(cloud: Cloud) -> Engine:
    return bootstrap(cloud.settings, catalog=Catalog([job_type()]), find_handler={"echo": echo}.get)


class Meter:
    """Adds up the capacity units of every call that a client makes, by what the call is."""

    def __init__(self, client: Any) -> None:
        self.units: dict[str, float] = {}
        client.meta.events.register("provide-client-params.dynamodb.*", self._ask)
        client.meta.events.register("after-call.dynamodb.*", self._add)

    def _ask(self, params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for each in consumed if isinstance(consumed, list) else [consumed]:
            self.units[model.name] = self.units.get(model.name, 0) + each["CapacityUnits"]

    @property
    def written(self) -> float:
        return sum(self.units.get(name, 0) for name in WRITES)


@pytest.mark.parametrize(("key", "most"), [(None, 6.0), (IdempotencyKey("hash", "fingerprint"), 9.0)])
def test_a_plain_job_costs_six_write_units_and_nine_with_an_idempotency_key(
    engine: Engine, key: IdempotencyKey | None, most: float
) -> None:
    draft = Draft(org="metered", plan="free", dialect="canonical", type="echo", input={"text": "hello"})
    meter = Meter(engine.store._table.client)  # type: ignore[attr-defined]

    job = engine.submission.submit(draft, key).job
    engine.running.run(job.job_id, lambda: HOUR)

    assert engine.reading.get("metered", job.job_id).result is not None
    assert meter.written == most
    assert meter.units["GetItem"] == 2
