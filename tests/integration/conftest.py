from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from claimcheck.testing import FrozenClock
from tests.kit.added_app import added_app
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.deployed import Deployed, issue_key, load_handlers

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = count(1)


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployed]:
    clock = FrozenClock()
    with added_app(), moto_cloud() as cloud, queue_time(clock):
        yield Deployed(cloud, clock, load_handlers(cloud, clock), "")


@pytest.fixture
def deployed(deployment: Deployed) -> Iterator[Deployed]:
    """The functions stay warm between tests. Table and queue are empty, and the org is new."""
    cloud = deployment.cloud
    yield replace(deployment, key=issue_key(cloud, f"org-{next(NUMBERS)}"))
    cloud.clear()
    cloud.receive()
