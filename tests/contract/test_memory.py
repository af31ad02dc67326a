"""The memory adapters, with which job types are tested, keep every port's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.job import SECOND
from claimcheck.testing import (
    FrozenClock,
    MemoryDocumentStore,
    MemoryFileStore,
    MemoryJobStore,
    MemoryKeyStore,
    MemoryObjectStore,
    MemoryWakeUpQueue,
)
from claimcheck.testing.files import MEMORY
from tests.contract.suite.adapters import Adapters
from tests.contract.suite.every import *  # noqa: F403 - the tests of this module

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def adapters() -> Adapters:
    clock = FrozenClock()
    queue = MemoryWakeUpQueue(clock)
    objects = MemoryObjectStore()
    files = MemoryFileStore()

    def take() -> Iterator[tuple[str, str]]:
        while (wake_up := queue.receive()) is not None:
            yield wake_up.job_id, wake_up.org

    def fetch(key: str) -> str:
        return files.files[key].content.decode() if key in files.files else objects.get(key)

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
        files=files,
        receive=lambda: list(take()),
        let_pass=lambda seconds: clock.advance(seconds * SECOND),
        fetch=lambda url: fetch(url.removeprefix(MEMORY)),
        send=files.send,
    )
