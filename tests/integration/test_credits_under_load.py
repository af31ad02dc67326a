"""An org submits ten times what its credits allow, all at once: exactly what it can pay for is accepted.

moto handles one request at a time, so its transactions are atomic like DynamoDB's. It never reports
conflicts, so the wire does. Each caller has a function environment of its own.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from threading import Barrier, Lock, local
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.calls import TRIES
from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import MINUTE, SECOND, Status
from claimcheck.domain.keys import ApiKey
from claimcheck.domain.outcome import Fail
from claimcheck.http.admission import issue_key
from claimcheck.http.server import Api
from claimcheck.installed import dialects
from claimcheck.testing import FrozenClock, MemoryKeyStore
from tests.kit import wire
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.world import Answer, Echo, event, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSResponse

    from claimcheck.authoring.context import JobContext
    from claimcheck.domain.job import Job, Movement
    from tests.kit.cloud import Cloud
    from tests.kit.wire import Exchange, Fault, Wire

PRICE = 7
WORKERS = 8
# The most repeats of a request after a 503, and sweeps: more than needed.
PATIENCE = 50


class Weather:
    """The faults of transactions: about every third meets one, and all kinds come in turn.

    A `lost` one times out, and takes effect later, behind others. For some callers the function gives up
    after several faults, and they have to retry.
    """

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()
        self._numbers = count(1)
        self._kinds = cycle((wire.timed_out, wire.timed_out_late, self.lost))
        self._lock = Lock()
        self._lost: list[Exchange] = []
        self._caller = local()

    def __call__(self, number: int, operation: str) -> Fault | None:
        if operation != "dynamodb.TransactWriteItems":
            return None
        with self._lock:
            fault = self._fault()
            self.met[fault.__name__] += 1
        return fault

    def _fault(self) -> Fault:
        number, spell = next(self._numbers), getattr(self._caller, "spell", 0)
        if spell == 0 and number % 30 == 0:
            spell = TRIES
        self._caller.spell = max(spell - 1, 0)
        if spell:
            return next(self._kinds)
        return wire.conflicting if number % 5 == 0 else self.spared

    def spared(self, exchange: Exchange) -> AWSResponse:
        self.bring_what_was_lost(1)
        return exchange.send()

    def lost(self, exchange: Exchange) -> AWSResponse:
        with self._lock:
            self._lost.append(exchange)
        return wire.timed_out(exchange)

    def bring_what_was_lost(self, many: int) -> None:
        with self._lock:
            arrived, self._lost = self._lost[:many], self._lost[many:]
        for exchange in arrived:
            exchange.send()


@dataclass
class Shop:
    """One org and all of its callers, in a deployment of its own. It can afford a job for every tenth."""

    callers: int
    cloud: Cloud
    wire: Wire
    clock: FrozenClock
    doomed: set[str] = field(default_factory=set)
    unsure: int = 0  # answers after a repeat

    def __post_init__(self) -> None:
        self.affordable = self.callers // 10
        # The rest is not enough for another job.
        self.funds = self.affordable * PRICE + PRICE - 1
        self.job_types = [job_type(price=lambda given: PRICE)]
        # Keys are looked up in memory, because this test is not about them.
        self.engine = bootstrap(self.cloud.settings, self.clock, keys=MemoryKeyStore())
        self.key = issue_key(self.engine.keys, ApiKey(org="acme", limit=1_000_000))
        self.engine.credits.add_credits("acme", self.funds, self.clock.now(), "funds")

    def environment(self) -> Engine:
        """Return a function's own state. Threads can share clients of AWS."""
        shared = ("store", "keys", "credits", "queue", "objects", "documents")
        adapters = {name: getattr(self.engine, name) for name in shared}
        return bootstrap(
            self.cloud.settings,
            self.clock,
            catalog=Catalog(self.job_types),
            find_handler={"echo": self.work}.get,
            spread=map,
            timer=lambda duration: nullcontext(),
            **adapters,
        )

    def work(self, given: Any, job: JobContext) -> Echo:
        if job.job_id in self.doomed:
            raise Fail("doomed", "This one was to fail.")
        return Echo(text=given.text)

    def submit_at_once(self, callers: int, *, keys: int = 0) -> list[Answer]:
        """Return each caller's final answer. `keys` limits the number of Idempotency-Keys, which callers
        share."""
        start = Barrier(callers)

        def call(number: int) -> Answer:
            api = Api(self.environment(), dialects())
            headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
            order = number % keys if keys else number
            if keys:
                headers["idempotency-key"] = f"order-{order}"
            body = json.dumps({"type": "echo", "input": {"text": str(order)}}).encode()
            start.wait()
            for _ in range(PATIENCE):
                reported = api.handle(event("POST", "/v1/jobs", body, headers))
                if reported["statusCode"] != 503:
                    break
                self.unsure += 1
            return Answer.of(reported)

        with ThreadPoolExecutor(callers) as pool:
            return list(pool.map(call, range(callers)))

    def deliver(self) -> None:
        job_ids = [wake_up_of(message["Body"]) for message in self.cloud.receive()]

        def run(job_id: str) -> None:
            with suppress(Unavailable):  # the sweeper sends another
                self.environment().worker.run(job_id, lambda: 900 * SECOND)

        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(run, job_ids))

    def work_until_all_is_done(self) -> None:
        for _ in range(PATIENCE):
            self.deliver()
            if all(job.ended_at is not None for job in Books.of(self).jobs):
                return
            self.clock.advance(MINUTE)
            self.environment().sweeper.sweep(lambda: MINUTE)


class Books(NamedTuple):
    """All rows of the org's jobs and credits."""

    funds: int
    jobs: list[Job]
    movements: list[Movement]
    left: int

    @classmethod
    def of(cls, shop: Shop) -> Books:
        engine, movements, after = shop.engine, list[Any](), None
        while True:
            page = engine.credits.ledger("acme", 300, after)
            movements += page.entries
            if (after := page.after) is None:
                break
        rows = [
            item["pk"]["S"].removeprefix("JOB#") for item in shop.cloud.items() if item["sk"]["S"] == "JOB"
        ]
        jobs = [job for at in range(0, len(rows), 100) for job in engine.store.read_many(rows[at : at + 100])]
        return cls(shop.funds, jobs, movements, engine.credits.credits("acme"))

    def moved(self, reason: str) -> Counter[tuple[str | None, int]]:
        """Return how often each amount was moved for each job."""
        return Counter((each.job_id, each.amount) for each in self.movements if each.reason == reason)

    def assert_exact(self) -> None:
        failed = [job for job in self.jobs if job.status is Status.FAILED]
        assert self.left == sum(each.amount for each in self.movements)
        assert self.moved("added") == {(None, self.funds): 1}
        assert self.moved("charged") == {(job.job_id, -PRICE): 1 for job in self.jobs}
        assert self.moved("refunded") == {(job.job_id, PRICE): 1 for job in failed}


@pytest.fixture(params=[200, pytest.param(1000, marks=pytest.mark.soak)])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    clock = FrozenClock()
    with moto_cloud() as cloud, queue_time(clock):
        yield Shop(request.param, cloud, wire.tap(), clock)


def assert_spent(shop: Shop, answers: list[Answer]) -> set[str]:
    """Assert that exactly what could be paid for was accepted. Returns the ids of those jobs."""
    accepted = {answer.json["job_id"] for answer in answers if answer.status == 202}
    refused = [answer.json for answer in answers if answer.status == 402]
    books = Books.of(shop)
    books.assert_exact()
    assert Counter(answer.status for answer in answers) == {
        202: shop.affordable,
        402: shop.callers - shop.affordable,
    }
    assert {job.job_id for job in books.jobs} == accepted
    assert {(each["needed"], each["left"]) for each in refused} == {(PRICE, PRICE - 1)}
    assert books.left == PRICE - 1
    return accepted


def assert_a_third_is_refunded(shop: Shop, accepted: set[str]) -> None:
    shop.doomed = set(sorted(accepted)[: shop.affordable // 3])
    shop.work_until_all_is_done()

    books = Books.of(shop)
    books.assert_exact()
    assert {job.job_id for job in books.jobs if job.status is Status.FAILED} == shop.doomed
    assert {job.status for job in books.jobs} == {Status.COMPLETED, Status.FAILED}
    assert books.left == PRICE - 1 + len(shop.doomed) * PRICE


def test_callers_at_once_spend_all_credits_and_a_third_is_refunded(shop: Shop) -> None:
    accepted = assert_spent(shop, shop.submit_at_once(shop.callers))

    assert_a_third_is_refunded(shop, accepted)


def test_conflicts_and_lost_answers_do_not_change_the_result(shop: Shop) -> None:
    storm = Weather()

    with shop.wire.broken(storm):
        answers = shop.submit_at_once(shop.callers, keys=shop.callers)
        storm.bring_what_was_lost(shop.callers)
    accepted = assert_spent(shop, answers)
    with shop.wire.broken(storm):
        assert_a_third_is_refunded(shop, accepted)
        storm.bring_what_was_lost(shop.callers)

    Books.of(shop).assert_exact()
    met = storm.met.total() - storm.met["spared"]
    assert 0.15 < met / storm.met.total() < 0.4
    assert len(storm.met) == 5, "every kind of fault was met"
    assert shop.unsure > 0


def test_repeated_simultaneous_requests_pay_once(shop: Shop) -> None:
    storm, orders = Weather(), shop.affordable // 2

    with shop.wire.broken(storm):
        answers = shop.submit_at_once(4 * orders, keys=orders)
        storm.bring_what_was_lost(shop.callers)

    by_order = [{answer.json["job_id"] for answer in answers[order::orders]} for order in range(orders)]
    books = Books.of(shop)
    books.assert_exact()
    assert {answer.status for answer in answers} == {202}
    assert sorted(job.job_id for job in books.jobs) == sorted(job_id for [job_id] in by_order)
    assert books.left == shop.funds - orders * PRICE
