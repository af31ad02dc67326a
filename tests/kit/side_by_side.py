"""Distribute tests over workers (`pytest -n auto`): one worker runs a whole file, and one runs all tests of a
deployed stack.

So a module's fixtures are set up once, and a stack is deployed once. There are several stacks: tests that
mostly wait use some of them, tests that keep it busy another. Tests that share nothing are distributed one by
one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.workermanage import WorkerController

# The end-to-end tests that are not on the busy stack, by where they are: about as much time on each. Some of
# them start stacks of their own.
STACKS = {
    "killed": ("test_called_and_calling.py", "test_lost_workers.py", "test_upgrade.py"),
    "on time": ("test_demo.py", "test_deploy.py", "test_secrets.py", "test_timers.py"),
    "in a working copy": ("test_local_loop.py",),
}
BUSY = "busy"
# xdist gives a worker more when no more tests than these are left to it.
LAST = 2
# Each of these tests shares nothing with the others of its file.
APART = (
    "test_deleting_apps.py",
    "test_exploration.py",
    "test_howto_pages.py",
    "test_make_app.py",
    "test_simulation.py",
)
# What these tests compare is counted once in each process.
COUNTING = ("test_costs.py", "test_sweep_calls.py", "test_benchmarks.py")
# Slow tests start first, and short ones fill the gaps. Each is a part of a file's path, and the first that is
# in it counts. Of those on stacks, the one that waits least begins later: then others fill what they wait.
TURNS = {
    "test_local_loop": 2,
    "/e2e/": 0,
    "test_deleting_apps": 1,
    "/simulation/": 2,
    "test_make_app": 3,
    "typescript": 4,
    "test_client_pa": 4,
    "/integration/": 4,
    "bench/": 5,
    "/contract/": 6,
}


class Schedule(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.endswith(APART):
            return nodeid
        if file.endswith(COUNTING):
            return "what is counted"
        if "/e2e/" not in file:
            return file
        return next((stack for stack, files in STACKS.items() if file.endswith(files)), BUSY)

    def _reschedule(self, node: WorkerController) -> None:
        """End a worker with its stack: more busy workers than cores need longer for the same tests."""
        working = [each for each in self.nodes if not each.shutting_down]
        units = self.assigned_work[node]
        is_last = bool({BUSY, *STACKS} & units.keys()) and self._pending_of(units) <= LAST
        if is_last and node in working and len(working) > cores() + 1:
            node.shutdown()
        else:
            super()._reschedule(node)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return three more than the number of cores: workers with a stack mostly wait for its functions."""
    return cores() + 3 if config.option.numprocesses == "auto" else None


def cores() -> int:
    return os.cpu_count() or 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule:
    # Use this order instead of the number of tests per file.
    config.option.loadscopereorder = False
    return Schedule(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(nodeid: str) -> int:
    file = nodeid.partition("::")[0]
    return next((turn for part, turn in TURNS.items() if part in file), len(TURNS))
