"""A history as lines that people can read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import SECOND, Job
from claimcheck.domain.schedules import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.exploration.explorer import Step, Violation

WIDTH = 110
JOB_ID = re.compile(r"[0-9a-f-]{32}([0-9a-f]{4})")
TIME = re.compile(r"\b\d{13}\b")
# Each write changes it.
UNSAID = {"written_by", "updated_at"}


def lines_of(violation: Violation) -> Iterator[str]:
    """Return the history of a violation, without reads of the clock. Times count from its start."""
    start = violation.history[0].at

    def since(time: re.Match[str]) -> str:
        return f"{(int(time[0]) - start) / SECOND:+g}s"

    for step in violation.history:
        if step.call.name != "now":
            said = TIME.sub(since, JOB_ID.sub(r"\1", _said(step)))
            yield f"  {(step.at - start) / SECOND:+9.1f}s  {step.process:14}{said[:WIDTH]}{_fault(step)}"


def _fault(step: Step) -> str:
    return f"  [{step.fault}]" if step.fault else ""


def _said(step: Step) -> str:
    """Return the call and its answer. A write shows what it changes."""
    call = step.call
    match call.args:
        case (Job() | Schedule() as old, Job() | Schedule() as new, *_):
            given = _changes(old, new)
        case _:
            given = ", ".join(_short(each) for each in call.args)
    answer = "" if step.answer is None or step.fault else f" -> {_short(step.answer)}"
    return f"{call.port}.{call.name}({given}){answer}"


def _changes(old: Job | Schedule, new: Job | Schedule) -> str:
    names = type(new).__annotations__
    changed = [name for name in names if name not in UNSAID and getattr(old, name) != getattr(new, name)]
    return ", ".join(f"{name}={_short(getattr(new, name))}" for name in changed)


def _short(value: Any) -> str:
    match value:
        case Job():
            leased = ", leased" if value.lease else ""
            return f"job {value.status} with {value.executions} executions{leased}"
        case Schedule():
            return f"schedule {'paused' if value.paused else 'active'}"
        case Exception():
            return type(value).__name__
        case list():
            return f"[{', '.join(_short(each) for each in value)}]"
    return str(value)
