"""A submission whose k-th call to AWS fails, for every k and every fault.

It is accepted and stored, or refused with an error that says what to do. It is never accepted and lost, and
never stored twice for one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import MINUTE, SECOND, Status
from claimcheck.domain.keys import ApiKey
from claimcheck.domain.ports import shard_of
from claimcheck.http.admission import issue_key
from claimcheck.http.server import Api
from claimcheck.installed import dialects
from tests.contract.faults import every_fault
from tests.kit import wire
from tests.kit.jobs import new_org
from tests.kit.world import Answer, echo, event, job_type

if TYPE_CHECKING:
    from claimcheck.domain.job import Job
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault, Plan

SMALL = b'{"type":"echo","input":{"text":"hello"}}'
LARGE = b'{"type":"echo","input":{"text":"%s"}}' % (b"hello " * 1000)


class Shape(NamedTuple):
    """A kind of submission, and its calls to AWS."""

    body: bytes
    headers: dict[str, str]
    operations: list[str]


ADMITTED = ["dynamodb.GetItem", "dynamodb.UpdateItem"]
# Together they make every call of a submission.
# The query is for default callbacks, once a minute.
PLAIN = Shape(SMALL, {}, [*ADMITTED, "dynamodb.Query", "dynamodb.PutItem", "sqs.SendMessage"])
KEYED = Shape(
    LARGE,
    {"idempotency-key": "k"},
    [
        *ADMITTED,
        "dynamodb.GetItem",
        "dynamodb.Query",
        "s3.PutObject",
        "dynamodb.TransactWriteItems",
        "sqs.SendMessage",
    ],
)
SHAPES = {"plain": PLAIN, "keyed": KEYED}
# A submission continues without these: the sweeper wakes the job, and the limit is not enforced.
SPARED = {"sqs.SendMessage", "dynamodb.UpdateItem"}
INSERTS = {"dynamodb.PutItem", "dynamodb.TransactWriteItems"}

every_call = pytest.mark.parametrize(
    ("shape", "k"),
    [(shape, k) for shape in SHAPES.values() for k in range(len(shape.operations))],
    ids=[f"{name}-{k}-{operation}" for name, s in SHAPES.items() for k, operation in enumerate(s.operations)],
)


class Shop:
    """An org that submits to a new function, without any cache."""

    def __init__(self, wired: Wired) -> None:
        self.wire = wired.wire
        self.org = new_org()
        # A client of AWS is slow to make, and keeps nothing.
        names = ("store", "keys", "credits", "queue", "objects", "documents")
        parts = {name: getattr(wired.engine, name) for name in names}
        self.engine = bootstrap(
            wired.cloud.settings,
            wired.engine.clock,
            catalog=Catalog([job_type()]),
            find_handler={"echo": echo}.get,
            **parts,
        )
        self.key = issue_key(self.engine.keys, ApiKey(org=self.org))

    def submit(self, shape: Shape, plan: Plan = wire.whole) -> Answer:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        asked = event("POST", "/v1/jobs", shape.body, headers | shape.headers)
        with self.wire.broken(plan):
            answer = Api(self.engine, dialects()).handle(asked)
        return Answer.of(answer)

    def jobs(self) -> list[Job]:
        return self.engine.store.read_many(self.engine.store.list_jobs(self.org, None, 100).entries)


@pytest.fixture
def shop(wired: Wired) -> Shop:
    return Shop(wired)


def will_run(shop: Shop, job: Job) -> bool:
    """Return whether the sweeper will find the job."""
    assert job.due_at is not None
    return job.job_id in shop.engine.store.due(shard_of(job.job_id), job.due_at, None, 100).job_ids


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_these_are_all_the_calls_of_a_submission(shop: Shop, shape: Shape) -> None:
    answer = shop.submit(shape)

    assert answer.status == 202
    assert shop.wire.operations == shape.operations


@every_call
@every_fault
def test_one_fault_costs_time_and_no_job(shop: Shop, shape: Shape, k: int, fault: Fault) -> None:
    answer = shop.submit(shape, lambda number, operation: fault if number == k else None)

    assert answer.status == 202, answer.text
    (job,) = shop.jobs()
    assert answer.json["job_id"] == job.job_id
    assert will_run(shop, job)


@every_call
@every_fault
def test_the_answer_to_a_lasting_fault_is_correct(shop: Shop, shape: Shape, k: int, fault: Fault) -> None:
    broken = shape.operations[k]

    def plan(number: int, operation: str) -> Fault | None:
        return fault if number >= k and operation == broken else None

    answer = shop.submit(shape, plan)
    jobs = shop.jobs()

    assert answer.status == (202 if broken in SPARED else 503), answer.text
    if answer.status == 202:
        assert [job.job_id for job in jobs] == [answer.json["job_id"]]
        assert will_run(shop, jobs[0])
    else:
        unknown = broken in INSERTS and fault in wire.IN_DOUBT
        assert answer.json["code"] == ("outcome_unknown" if unknown else "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert len(jobs) <= (1 if unknown else 0)


@pytest.mark.parametrize("k", range(len(KEYED.operations)))
@every_fault
def test_a_retry_with_the_same_key_resolves_every_doubt(shop: Shop, k: int, fault: Fault) -> None:
    first = shop.submit(KEYED, lambda number, operation: fault if number >= k else None)
    second = shop.submit(KEYED)

    (job,) = shop.jobs()
    assert second.status == 202, second.text
    assert second.json["job_id"] == job.job_id
    assert first.status == 503 or first.json == second.json
    assert will_run(shop, job)


def test_a_job_whose_wake_up_was_refused_is_found_by_the_sweeper(wired: Wired, shop: Shop) -> None:
    def plan(number: int, operation: str) -> Fault | None:
        return wire.denied if operation == "sqs.SendMessage" else None

    answer = shop.submit(PLAIN, plan)
    shop.engine.clock.sleep(MINUTE)
    swept = shop.engine.sweeper.sweep(lambda: MINUTE)
    for message in wired.cloud.receive():
        shop.engine.worker.run(wake_up_of(message["Body"]), lambda: 900 * SECOND)

    (job,) = shop.jobs()
    assert answer.status == 202
    assert swept.woken == 1
    assert job.status is Status.COMPLETED
