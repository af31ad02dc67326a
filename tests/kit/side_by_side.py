"""Tests side by side (`pytest -n auto`): one worker runs a file, and one all that needs the deployed stack.

So what a module sets up is set up once, the stack is deployed once, and its tests run one after the other.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

STACK = "the deployed stack"
# Parts that take long are begun first: what is short fills the gaps. Each is a part of a file's path.
FIRST = ("/e2e/", "/simulation/", "/integration/", "bench/")


class Schedule(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return STACK if "/e2e/" in file else file


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the one with the deployed stack mostly waits."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule:
    # The order is ours, not that of how many tests a file has.
    config.option.loadscopereorder = False
    return Schedule(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    return next((turn for turn, part in enumerate(FIRST) if part in nodeid.partition("::")[0]), len(FIRST))
