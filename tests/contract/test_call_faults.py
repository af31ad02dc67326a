"""Every other call to AWS, with every fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.dynamodb import rows
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import MINUTE
from claimcheck.domain.keys import ApiKey, Window
from tests.contract.faults import always, every_doubt, every_fault, every_refusal, name, once
from tests.kit import wire
from tests.kit.jobs import NOW, RANDOMNESS, delivery, execution, new_job, reserve

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.bootstrap import Engine
    from claimcheck.domain.job import Job
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault


@dataclass(frozen=True)
class Call:
    """Any other call of a port: `do` it, and `see` its effect. What it reads is stored before."""

    do: Callable[[Engine, Job], Any]
    expected: Callable[[Job], Any] = lambda job: None
    see: Callable[[Engine, Job], Any] | None = None


CALLS = {
    "reservation": Call(lambda engine, job: engine.store.reservation(job.org, "key"), reserve),
    "read": Call(lambda engine, job: engine.store.read(job.job_id), lambda job: job),
    "read_many": Call(lambda engine, job: engine.store.read_many([job.job_id]), lambda job: [job]),
    "list_jobs": Call(
        lambda engine, job: engine.store.list_jobs(job.org, None, 10).entries, lambda job: [job.job_id]
    ),
    "executions": Call(lambda engine, job: engine.store.executions(job.job_id), lambda job: [execution(1)]),
    "replace": Call(
        lambda engine, job: engine.store.replace(job, job.evolve(written_by="next"), execution(2)),
        see=lambda engine, job: engine.store.executions(job.job_id) == [execution(2), execution(1)],
    ),
    "deliveries": Call(lambda engine, job: engine.store.deliveries(job.job_id), lambda job: [delivery(1)]),
    "record_delivery": Call(
        lambda engine, job: engine.store.record_delivery(job, delivery(2)),
        see=lambda engine, job: engine.store.deliveries(job.job_id) == [delivery(2), delivery(1)],
    ),
    "api_key": Call(lambda engine, job: engine.keys.api_key(job.job_id), lambda job: ApiKey(org=job.org)),
    "put_api_key": Call(
        lambda engine, job: engine.keys.put_api_key("new" + job.job_id, ApiKey(org="acme")),
        see=lambda engine, job: engine.keys.api_key("new" + job.job_id) == ApiKey(org="acme"),
    ),
    "put": Call(
        lambda engine, job: engine.objects.put(f"{job.job_id}/b.json", '"new"'),
        see=lambda engine, job: engine.objects.get(f"{job.job_id}/b.json") == '"new"',
    ),
    "get": Call(lambda engine, job: engine.objects.get(f"{job.job_id}/a.json"), lambda job: '"old"'),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest.fixture
def prepared(wired: Wired) -> Job:
    """Return a job with every kind of row."""
    new = new_job()
    job = new.evolve(written_by=RANDOMNESS.token())
    wired.engine.store.insert(new, "key", reserve(job))
    wired.engine.store.replace(new, job, execution(1))
    wired.engine.store.record_delivery(job, delivery(1))
    wired.engine.keys.put_api_key(job.job_id, ApiKey(org=job.org))
    wired.engine.objects.put(f"{job.job_id}/a.json", '"old"')
    return job


class TestOtherCalls:
    @every_call
    @every_fault
    def test_a_fault_delays_it_and_nothing_else(
        self, wired: Wired, prepared: Job, call: Call, fault: Fault
    ) -> None:
        with wired.wire.broken(once(fault)):
            answer = call.do(wired.engine, prepared)

        assert len(wired.wire.operations) == 2
        assert answer == call.expected(prepared)
        assert call.see is None or call.see(wired.engine, prepared)

    @every_call
    @every_fault
    def test_a_call_that_fails_every_time_is_unavailable_and_can_be_repeated(
        self, wired: Wired, prepared: Job, call: Call, fault: Fault
    ) -> None:
        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as unavailable:
            call.do(wired.engine, prepared)
        answer = call.do(wired.engine, prepared)

        assert unavailable.type is Unavailable
        assert answer == call.expected(prepared)
        assert call.see is None or call.see(wired.engine, prepared)

    @pytest.mark.parametrize("fault", [wire.cut_off, wire.cut_short], ids=name)
    def test_an_object_with_an_incomplete_body_is_read_again(
        self, wired: Wired, prepared: Job, fault: Fault
    ) -> None:
        with wired.wire.broken(once(fault)):
            text = wired.engine.objects.get(f"{prepared.job_id}/a.json")

        assert text == '"old"'

    def test_unprocessed_rows_are_requested_again(self, wired: Wired) -> None:
        jobs = [new_job() for _ in range(3)]
        for job in jobs:
            wired.engine.store.insert(job, None, None)

        with wired.wire.broken(once(leaves(jobs[1:], answers=jobs[:1], table=wired.cloud.table_name))):
            read = wired.engine.store.read_many([job.job_id for job in jobs])

        assert read == jobs

    def test_rows_that_stay_unprocessed_are_unavailable(self, wired: Wired) -> None:
        job = new_job()

        with (
            wired.wire.broken(always(leaves([job], answers=[], table=wired.cloud.table_name))),
            pytest.raises(Unavailable),
        ):
            wired.engine.store.read_many([job.job_id])

    @every_refusal
    def test_a_rate_window_is_counted_after_refusals(self, wired: Wired, fault: Fault) -> None:
        key_hash = RANDOMNESS.token()

        with wired.wire.broken(once(fault)):
            count = wired.engine.keys.take(key_hash, Window.at(NOW, MINUTE), 1, 5)

        assert count == 1

    @every_doubt
    def test_a_rate_window_is_never_counted_twice(self, wired: Wired, fault: Fault) -> None:
        key_hash = RANDOMNESS.token()

        with wired.wire.broken(once(fault)), pytest.raises(Unavailable):
            wired.engine.keys.take(key_hash, Window.at(NOW, MINUTE), 1, 5)

        assert wired.engine.keys.take(key_hash, Window.at(NOW, MINUTE), 1, 5) in (1, 2)


def leaves(left: list[Job], answers: list[Job], table: str) -> Fault:
    """DynamoDB returns part of a batch, as it may at any time."""
    answer = {
        "Responses": {table: [rows.job_item(job) for job in answers]},
        "UnprocessedKeys": {table: {"Keys": [rows.job_key(job.job_id) for job in left]}},
    }
    return lambda exchange: exchange.answered(answer)
