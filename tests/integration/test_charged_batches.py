"""Charged batches and single jobs of one org at once, whose transactions all meet at the row of its credits.

Each caller has a function environment and a time of its own, so nothing depends on the machine. moto never
reports conflicts, so the wire does: a transaction is refused while another one is running.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import SECOND
from claimcheck.domain.keys import ApiKey
from claimcheck.domain.ports import TOGETHER
from claimcheck.http.admission import issue_key
from claimcheck.http.server import Api
from claimcheck.installed import dialects
from claimcheck.testing import MemoryKeyStore, SeededRandomness
from tests.kit import wire
from tests.kit.cloud import moto_cloud
from tests.kit.virtual_time import VirtualTime
from tests.kit.world import Answer, Killed, event, job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSResponse

    from claimcheck.domain.job import Millis
    from tests.kit.cloud import Cloud
    from tests.kit.wire import Exchange, Fault, Plan, Wire

PRICE = 7
FUNDS = 1_000_000
ENTRIES = 100
CHUNKS = -(-ENTRIES // TOGETHER)
# Milliseconds of a call that is no transaction, and of a refused one.
CALL = 5
# API Gateway waits this long.
PATIENCE = 29 * SECOND
ENTRY = {"type": "echo", "input": {"text": "a"}}
# Larger than a row keeps.
LARGE = {"type": "echo", "input": {"text": "a" * 10_000}}


class Reply(NamedTuple):
    answer: Answer
    took: Millis

    @property
    def statuses(self) -> Counter[int]:
        if "jobs" in self.answer.json:
            return Counter(each["status"] for each in self.answer.json["jobs"])
        return Counter([self.answer.status])


@dataclass
class Row:
    """The row of the org's credits: a transaction holds it for `held` milliseconds."""

    time: VirtualTime
    held: Millis
    written: int = 0
    conflicts: int = 0
    _free_at: Millis = 0

    def __call__(self, number: int, operation: str) -> Fault:
        return self.transaction if operation == "dynamodb.TransactWriteItems" else self.call

    def call(self, exchange: Exchange) -> AWSResponse:
        self.time.sleep(CALL)
        return exchange.send()

    def transaction(self, exchange: Exchange) -> AWSResponse:
        now = self.time.now()
        if now < self._free_at:
            self.conflicts += 1
            self.time.sleep(CALL)
            return wire.conflicting(exchange)
        self.written += 1
        self._free_at = now + self.held
        answered = exchange.send()
        self.time.sleep(self.held)
        return answered


@dataclass
class Shop:
    """One org with credits, and its callers."""

    cloud: Cloud
    wire: Wire
    time: VirtualTime = field(default_factory=VirtualTime)
    keys: MemoryKeyStore = field(default_factory=MemoryKeyStore)

    def __post_init__(self) -> None:
        self.engine = bootstrap(self.cloud.settings, self.time, keys=self.keys)
        self.key = issue_key(self.keys, ApiKey(org="acme", limit=FUNDS))
        self.engine.credits.add_credits("acme", FUNDS, self.time.now(), "funds")

    def meet(
        self, held: Millis, batches: int, singles: int, entry: object = ENTRY
    ) -> tuple[Row, list[Reply], list[Reply]]:
        """Send all batches and single jobs at once. Return how the row fared, and the replies."""
        row = Row(self.time, held)
        asked: list[tuple[str, object]] = [
            ("/v1/jobs/batch", {"jobs": [entry] * ENTRIES}) for _ in range(batches)
        ]
        asked += [("/v1/jobs", entry) for _ in range(singles)]
        callers = [self.caller(number, *each) for number, each in enumerate(asked)]
        with self.wire.broken(row):
            replies = self.time.run(callers)
        return row, replies[:batches], replies[batches:]

    def caller(self, number: int, path: str, body: object) -> Callable[[], Reply]:
        """Return a caller whose key and luck depend on its number."""
        catalog = Catalog([job_type(price=lambda given: PRICE)])
        engine = bootstrap(
            self.cloud.settings,
            self.time,
            SeededRandomness(number),
            catalog=catalog,
            keys=self.keys,
            spread=map,
        )
        api = Api(engine, dialects())
        headers = {
            "authorization": f"Bearer {self.key}",
            "content-type": "application/json",
            "idempotency-key": f"caller-{number}",
        }

        def call() -> Reply:
            began = self.time.now()
            answer = api.handle(event("POST", path, json.dumps(body).encode(), headers))
            return Reply(Answer.of(answer), self.time.now() - began)

        return call

    def assert_exact(self, jobs: int) -> None:
        """Assert that this many jobs are stored, and each was paid for once."""
        rows = [item for item in self.cloud.items() if item["sk"]["S"] == "JOB"]
        assert len(rows) == jobs
        assert self.engine.credits.credits("acme") == FUNDS - PRICE * jobs


def killed_at(number: int, after: bool) -> Plan:
    """Return a plan that kills the function at its transaction of this number, before or after it is done."""
    left = count(number, -1)

    def kill(exchange: Exchange) -> AWSResponse:
        if after:
            exchange.send()
        raise Killed

    def plan(_: int, operation: str) -> Fault | None:
        return kill if operation == "dynamodb.TransactWriteItems" and next(left) == 1 else None

    return plan


@pytest.fixture
def shop() -> Iterator[Shop]:
    with moto_cloud() as cloud:
        yield Shop(cloud, wire.tap())


@pytest.mark.parametrize("held", [12, 40])
def test_two_batches_and_single_jobs_at_once_are_all_accepted_by_a_few_transactions(
    shop: Shop, held: Millis
) -> None:
    row, batches, singles = shop.meet(held, batches=2, singles=20)

    assert [each.statuses for each in batches] == [Counter({202: ENTRIES})] * 2
    assert [each.statuses for each in singles] == [Counter({202: 1})] * 20
    assert row.written == 2 * CHUNKS + 20
    assert row.conflicts < 3 * row.written
    assert max(each.took for each in batches) < 3 * SECOND
    shop.assert_exact(2 * ENTRIES + 20)


def test_too_much_at_once_ends_in_time_with_whole_transactions_and_can_be_repeated(shop: Shop) -> None:
    row, batches, singles = shop.meet(200, batches=3, singles=30, entry=LARGE)

    found = sum((each.statuses for each in batches), Counter[int]())
    alone = sum((each.statuses for each in singles), Counter[int]())
    assert set(found) == set(alone) == {202, 503}
    assert row.written - alone[202] <= 3 * CHUNKS
    assert max(each.took for each in batches + singles) < PATIENCE / 2
    shop.assert_exact(found[202] + alone[202])

    _, again, _ = shop.meet(10, batches=3, singles=0, entry=LARGE)

    assert [each.statuses for each in again] == [Counter({202: ENTRIES})] * 3
    shop.assert_exact(3 * ENTRIES + alone[202])


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [1, CHUNKS])
def test_a_batch_whose_function_was_killed_is_completed_by_its_repeat(
    shop: Shop, number: int, after: bool
) -> None:
    call = shop.caller(0, "/v1/jobs/batch", {"jobs": [ENTRY] * ENTRIES})

    with shop.wire.broken(killed_at(number, after)), pytest.raises(Killed):
        call()
    shop.wire.plan = wire.whole
    first, second = call(), call()

    assert first.statuses == Counter({202: ENTRIES})
    assert first.answer.json == second.answer.json
    shop.assert_exact(ENTRIES)
