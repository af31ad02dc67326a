"""The AWS adapters over a wire with faults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.testing import FrozenClock
from tests.kit.cloud import Cloud, moto_cloud, queue_time
from tests.kit.wire import Wire, tap

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Wired:
    """A deployment in moto, its engine, and the wire between the two."""

    cloud: Cloud
    engine: Engine
    wire: Wire


@pytest.fixture(scope="module")
def deployed() -> Iterator[Wired]:
    # Pauses before retries only move this clock.
    clock = FrozenClock()
    with moto_cloud() as cloud, queue_time(clock):
        wire = tap()
        yield Wired(cloud, bootstrap(cloud.settings, clock), wire)


@pytest.fixture
def wired(deployed: Wired) -> Iterator[Wired]:
    yield deployed
    deployed.cloud.clear()
