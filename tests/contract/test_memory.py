"""The memory adapters keep every port's promises: they are what job types are tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.model import SECOND
from claimcheck.testing import (
    FrozenClock,
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryWakeUpQueue,
)
from tests.contract.suite.adapters import Adapters
from tests.contract.suite.credit_store import CreditStoreSuite
from tests.contract.suite.job_lists import ExecutionsSuite, JobListsSuite
from tests.contract.suite.job_store import JobStoreSuite, ReplacementSuite, ReservationSuite
from tests.contract.suite.key_store import KeyStoreSuite
from tests.contract.suite.object_store import ObjectStoreSuite
from tests.contract.suite.wake_up_queue import WakeUpQueueSuite

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def adapters() -> Adapters:
    clock = FrozenClock()
    queue = MemoryWakeUpQueue(clock)
    objects = MemoryObjectStore()

    def take() -> Iterator[tuple[str, str]]:
        while (wake_up := queue.receive()) is not None:
            yield wake_up.job_id, wake_up.org

    store = MemoryJobStore()
    return Adapters(
        store=store,
        credits=store.credits,
        keys=MemoryKeyStore(),
        queue=queue,
        objects=objects,
        receive=lambda: list(take()),
        let_pass=lambda seconds: clock.advance(seconds * SECOND),
        fetch=lambda url: objects.get(url.removeprefix("memory:///")),
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


class TestCreditStore(CreditStoreSuite):
    pass


class TestKeyStore(KeyStoreSuite):
    pass


class TestWakeUpQueue(WakeUpQueueSuite):
    pass


class TestObjectStore(ObjectStoreSuite):
    pass
