"""The model's counts, read from figures.json."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.figures import Findings

PHASES = ("submit", "work", "poll")


class Missing(Exception):
    """A section has not been measured, or lacks what the cost model needs."""

    def __init__(self, section: str, what: str) -> None:
        super().__init__(f"bench/figures.json has no {what}: run `python -m bench {section}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """The requests and units of one warm submission, its work, or one poll.

    `requests` by operation (`dynamodb.PutItem`), without Lambda's own polling of the queue; `invocations` by
    function. `instructions` are those of one invocation.
    """

    requests: dict[str, float]
    invocations: dict[str, float]
    read_units: float
    write_units: float
    log_bytes: float
    instructions: float = field(default=0)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`rate_writes` is the mean number of rate-window writes per request."""

    submit: Phase
    work: Phase
    poll: Phase
    rate_writes: float = 0


def engine(found: Mapping[str, Findings]) -> Lifecycle:
    """Raises: Missing."""
    submit, work, poll = _phases(_series(found, "calls", "lifecycle"), _instructions(found, "engine"))
    return Lifecycle(submit, work, poll, rate_writes=found["calls"].value("rate_writes"))


def batch(found: Mapping[str, Findings], size: int) -> tuple[Phase, Phase]:
    """Return the submission of `size` jobs in one request, and a poll of them all. Raises: Missing.

    Their instructions were not counted. They are at most those of as many requests.
    """
    phases, counted = _series(found, "calls", "batch"), _instructions(found, "engine")
    submit, poll = (Phase(**phases[name], instructions=size * counted[name]) for name in ("submit", "poll"))
    return submit, poll


def tutorial(found: Mapping[str, Findings]) -> Lifecycle:
    """Raises: Missing."""
    submit, work, poll = _phases(_series(found, "peers", "lifecycle"), _instructions(found, "tutorial"))
    return Lifecycle(submit, work, poll)


def authorizer(found: Mapping[str, Findings]) -> Phase:
    """Return what a key that is not cached adds to a request of the tutorial. Raises: Missing."""
    instructions = _instructions(found, "tutorial")
    # A poll also looks up one row, so its count replaces a missing one.
    count = instructions.get("authorize", instructions["poll"])
    return Phase(**_series(found, "peers", "authorize"), instructions=count)


def beyond(found: Mapping[str, Findings], name: str) -> Phase:
    """Return an extra by its name in the section `cost.extras`. Raises: Missing."""
    return Phase(**_series(found, "cost.extras", name))


def _phases(lifecycle: Mapping[str, Any], instructions: Mapping[str, float]) -> list[Phase]:
    return [Phase(**lifecycle[name], instructions=instructions[name]) for name in PHASES]


def _instructions(found: Mapping[str, Findings], whose: str) -> dict[str, float]:
    instructions: dict[str, float] = _series(found, "peers", "instructions")[whose]
    return instructions


def _series(found: Mapping[str, Findings], section: str, name: str) -> dict[str, Any]:
    findings = found.get(section)
    if findings is None or not findings.series or name not in findings.series:
        raise Missing(section, f"`{name}` of `{section}`")
    series: dict[str, Any] = findings.series[name]
    return series
