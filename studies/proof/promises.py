"""How each promise of docs/design.md is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

DESIGN = Path(__file__).parents[2] / "docs" / "design.md"
# `1. **Ends**: …` or `- **Lists**: …`, to the next one.
STATED = re.compile(r"^(?:\d+\.|-) \*\*(.+?)\*\*: (.+?)(?=^\d+\. |^- |^$)", re.MULTILINE | re.DOTALL)


class Shown(NamedTuple):
    """`explored` are patterns of the names of scenarios. With `roles`, only those with a process in one of
    these roles count. `otherwise` has what else tries the promise, or why a way is missing."""

    explored: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    sampled: bool = True
    on_the_stack: bool = False
    otherwise: str = ""


SHOWN = {
    "Ends": Shown(("*",), on_the_stack=True),
    "Once": Shown(("*",), on_the_stack=True),
    "Timers": Shown(
        ("a_timer", "a_slot_*"), otherwise="500 timers on a stack in `make soak`: `tests/e2e/test_timers.py`"
    ),
    "Credits": Shown(
        ("*",),
        otherwise="1,000 callers, and conflicts, in `make soak`: "
        "`tests/integration/test_credits_under_load.py`",
    ),
    "Orgs": Shown(
        ("another_org",), otherwise="every route with every kind of key: `tests/unit/http/test_tenants.py`"
    ),
    "Callbacks": Shown(
        ("*callback*",),
        otherwise="processes killed 50 times in `make soak`: `tests/integration/test_killed_callbacks.py`",
    ),
    "Secrets": Shown(
        sampled=False,
        otherwise="no order of calls changes it: `tests/integration/test_secrecy.py` reads all logs",
    ),
    "Flows": Shown(
        ("*flow*",), otherwise="jobs of a deployed stack, two at a time: `tests/e2e/test_flows.py`"
    ),
    "Retries": Shown(
        ("*retry_against*",),
        otherwise="10,000 failures in `make soak`, a list that changes: `tests/unit/service/test_bulk.py`",
    ),
    "Files": Shown(
        otherwise="no order of calls changes it, except a stalled worker's: "
        "`tests/unit/service/test_files.py`, `tests/e2e/test_lost_workers.py`",
    ),
    "Executions": Shown(("*",), on_the_stack=True),
    "Lists": Shown(("*",), frozenset({"reader", "lister"})),
    "Keys": Shown(
        ("one_idempotency_key", "a_large_submission", "a_batch_against_a_batch"), on_the_stack=True
    ),
    "Schedules": Shown(
        ("*slot*", "a_pause_*", "a_delete_*"),
        otherwise="each call of a slot failed: `tests/contract/test_schedule_faults.py`",
    ),
    "Late starts": Shown(("a_start_by",)),
    "Unique keys": Shown(("*unique_key*",)),
    "Overlap": Shown(("*two_jobs_that_run_alone", "a_slot_and_the_running_job")),
    "Deploys": Shown(
        ("old_code_*",),
        otherwise="rows of other versions: `tests/compat/test_rows.py`; a deploy over the last release, and "
        "back, under load: `tests/e2e/test_upgrade.py`",
    ),
}


def stated() -> dict[str, str]:
    """Return the promises in the words of the design, by their names there."""
    section = DESIGN.read_text().split("\n## Invariants\n")[1].split("\n## ")[0]
    return {name: " ".join(text.split()) for name, text in STATED.findall(section + "\n")}
