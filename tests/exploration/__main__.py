"""Explore every scenario, and print what was explored: `make explore [PREEMPTIONS=1] [FAULTS=1]`."""

from __future__ import annotations

import sys
from functools import partial
from multiprocessing import Pool
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from tests.exploration.explorer import Explored, Violation, explore
from tests.exploration.scenarios import SCENARIOS
from tests.exploration.trace import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.exploration.cast import Cast


class Row(NamedTuple):
    scenario: str
    seconds: float
    explored: Explored | None
    violation: str = ""


def explored(scenario: Callable[[Cast], None], preemptions: int, faults: int) -> Row:
    name, start = scenario.__name__.replace("_", " "), perf_counter()
    try:
        found = explore(scenario, preemptions, faults)
    except Violation as violation:
        return Row(name, perf_counter() - start, None, "\n".join(lines_of(violation)))
    return Row(name, perf_counter() - start, found)


def main(preemptions: int, faults: int) -> int:
    """Return the number of scenarios with a violation."""
    print(f"Every history with at most {preemptions} preemptions and {faults} faults\n")
    print(f"{'scenario':40}{'histories':>15}{'states':>12}{'seconds':>9}")
    start, violated = perf_counter(), 0
    with Pool() as pool:
        for row in pool.imap(partial(explored, preemptions=preemptions, faults=faults), SCENARIOS):
            if row.explored is None:
                violated += 1
                print(f"{row.scenario:40}{row.violation}")
            else:
                found = row.explored
                print(f"{row.scenario:40}{found.histories:15,}{found.states:12,}{row.seconds:9.1f}", flush=True)
    print(f"\n{perf_counter() - start:.0f} seconds, {violated} scenarios with a violation")
    return violated


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
