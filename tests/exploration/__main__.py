"""Explore scenarios, print what was explored, and write it to `.local/explored.json`.

    python -m tests.exploration PREEMPTIONS FAULTS [SCENARIO ...]

`make explore` gives it to `studies/proof`, which writes docs/proof.md.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from multiprocessing import Pool
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from tests.exploration.explorer import Violation, explore
from tests.exploration.scenarios import SCENARIOS
from tests.exploration.trace import lines_of
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.exploration.cast import Cast

FILE = PROJECT / ".local" / "explored.json"


def explored(
    scenario: Callable[[Cast], None], preemptions: int, faults: int
) -> tuple[str, dict[str, Any] | None]:
    """Return what to print of a scenario, and its numbers if its promises hold. Seconds are of a core."""
    name, start = scenario.__name__, process_time()
    try:
        found = explore(scenario, (preemptions, faults))
    except Violation as violation:
        return "\n".join((f"{name:40}{violation}", *lines_of(violation))), None
    seconds = process_time() - start
    numbers = {
        "roles": found.roles,
        "histories": found.histories,
        "states": found.states,
        "seconds": round(seconds, 1),
    }
    return f"{name:40}{found.histories:15,}{found.states:12,}{seconds:9.1f}", numbers


def main(preemptions: int, faults: int, names: list[str]) -> int:
    """Return the number of scenarios with a violation. Explore all, or those with these names."""
    chosen = [each for each in SCENARIOS if each.__name__ in names or not names]
    if unknown := set(names) - {each.__name__ for each in chosen}:
        sys.exit(f"No scenario in tests/exploration/scenarios.py is called {', '.join(sorted(unknown))}.")
    print(f"Every history with at most {preemptions} preemptions and {faults} faults\n")
    print(f"{'scenario':40}{'histories':>15}{'states':>12}{'seconds':>9}")
    start = perf_counter()
    numbers: list[dict[str, Any] | None] = []
    with Pool() as pool:
        for lines, found in pool.imap(partial(explored, preemptions=preemptions, faults=faults), chosen):
            numbers.append(found)
            print(lines, flush=True)
    violated = numbers.count(None)
    print(f"\n{perf_counter() - start:.0f} seconds, {violated} of {len(chosen)} scenarios violated")
    if not violated:
        by_name: dict[str, Any] = dict.fromkeys(each.__name__ for each in SCENARIOS)
        by_name |= {each.__name__: found for each, found in zip(chosen, numbers, strict=True)}
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps({"preemptions": preemptions, "faults": faults, "scenarios": by_name}))
    return violated


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
