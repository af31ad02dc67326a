"""The memory adapters, with which job types are tested, keep every port's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.job import SECOND
from claimcheck.testing import (
    FrozenClock,
    MemoryDocumentStore,
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryWakeUpQueue,
)
from tests.contract.suite.adapters import Adapters
from tests.contract.suite.every import *  # noqa: F403 - the tests of this module

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
        documents=MemoryDocumentStore(),
        schedules=store.schedules,
        flows=store.flows,
        keys=MemoryKeyStore(),
        queue=queue,
        objects=objects,
        receive=lambda: list(take()),
        let_pass=lambda seconds: clock.advance(seconds * SECOND),
        fetch=lambda url: objects.get(url.removeprefix("memory:///")),
    )
