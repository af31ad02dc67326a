"""Tests side by side (`pytest -n auto`): one worker runs a file, and one all that share a deployed stack.

So what a module sets up is set up once, a stack is deployed once, and its tests run one after the other.
There are two stacks: what mostly waits does so on one while the other is kept busy.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

# Of the end-to-end tests, those whose time is a minute of the sweeper's or of a timer's.
WAITING = ("test_called_and_calling.py", "test_lost_workers.py", "test_timers.py")
# Parts that take long are begun first: what is short fills the gaps. Each is a part of a file's path.
FIRST = ("/e2e/", "/simulation/", "/integration/", "bench/", "/contract/")


class Schedule(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if "/e2e/" not in file:
            return file
        return "the waiting stack" if file.endswith(WAITING) else "the busy stack"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Two more than there are cores: those with a stack leave the work to its functions."""
    return (os.cpu_count() or 1) + 2 if config.option.numprocesses == "auto" else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule:
    # The order is ours, not that of how many tests a file has.
    config.option.loadscopereorder = False
    return Schedule(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    file = nodeid.partition("::")[0]
    return next((turn for turn, part in enumerate(FIRST) if part in file), len(FIRST))
