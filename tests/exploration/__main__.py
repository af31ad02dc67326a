"""Explore every scenario, and print what was explored: `make explore [PREEMPTIONS=1] [FAULTS=1]`."""

from __future__ import annotations

import sys
from functools import partial
from multiprocessing import Pool
from time import perf_counter
from typing import TYPE_CHECKING

from tests.exploration.explorer import Violation, explore
from tests.exploration.scenarios import SCENARIOS
from tests.exploration.trace import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.exploration.cast import Cast


def explored(scenario: Callable[[Cast], None], preemptions: int, faults: int) -> tuple[str, bool]:
    """Return what to print of a scenario, and whether its promises hold."""
    name, start = scenario.__name__.replace("_", " "), perf_counter()
    try:
        found = explore(scenario, preemptions, faults)
    except Violation as violation:
        return "\n".join((f"{name:40}{violation}", *lines_of(violation))), False
    seconds = perf_counter() - start
    return f"{name:40}{found.histories:15,}{found.states:12,}{seconds:9.1f}", True


def main(preemptions: int, faults: int) -> int:
    """Return the number of scenarios with a violation."""
    print(f"Every history with at most {preemptions} preemptions and {faults} faults\n")
    print(f"{'scenario':40}{'histories':>15}{'states':>12}{'seconds':>9}")
    start, violated = perf_counter(), 0
    with Pool() as pool:
        for lines, held in pool.imap(partial(explored, preemptions=preemptions, faults=faults), SCENARIOS):
            violated += not held
            print(lines, flush=True)
    print(f"\n{perf_counter() - start:.0f} seconds, {violated} of {len(SCENARIOS)} scenarios violated")
    return violated


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
