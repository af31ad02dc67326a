"""The AWS adapters keep every port's promises on the local stack, too: on the template's table,
queue and bucket made there once more, where no function takes the messages away."""

import time

import httpx
import pytest

from claimcheck.bootstrap import bootstrap
from claimcheck.sqs import wake_up_of
from tests.cloud import Cloud
from tests.contract.suite.adapters import Adapters
from tests.contract.suite.credit_store import CreditStoreSuite
from tests.contract.suite.job_lists import ExecutionsSuite, JobListsSuite
from tests.contract.suite.job_store import JobStoreSuite, ReplacementSuite, ReservationSuite
from tests.contract.suite.key_store import KeyStoreSuite
from tests.contract.suite.object_store import ObjectStoreSuite
from tests.contract.suite.wake_up_queue import WakeUpQueueSuite


@pytest.fixture(scope="module")
def adapters(cloud: Cloud) -> Adapters:
    engine = bootstrap(cloud.settings)

    def receive() -> list[tuple[str, str]]:
        return [
            (wake_up_of(message["Body"]), message["Attributes"]["MessageGroupId"])
            for message in cloud.receive()
        ]

    return Adapters(
        store=engine.store,
        credits=engine.credits,
        keys=engine.keys,
        queue=engine.queue,
        objects=engine.objects,
        receive=receive,
        let_pass=time.sleep,
        fetch=lambda url: httpx.get(url, trust_env=False).text,
    )


class TestJobStore(JobStoreSuite):
    pass


class TestReservations(ReservationSuite):
    pass


class TestReplacement(ReplacementSuite):
    pass


class TestJobLists(JobListsSuite):
    pass


class TestExecutions(ExecutionsSuite):
    pass


class TestCredits(CreditStoreSuite):
    pass


class TestKeyStore(KeyStoreSuite):
    pass


class TestWakeUpQueue(WakeUpQueueSuite):
    pass


class TestObjectStore(ObjectStoreSuite):
    pass
