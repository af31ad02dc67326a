"""Instructions of each phase of a job, in the engine's functions and in the tutorial's.

Both are built alike, with the same libraries, and do the same work on the same text, in front of the same
moto. An invocation's are what thirty take less what ten take, so that neither the start nor what is only
done once or twice is in it. The engine's have its rate windows in them; the tutorial has none.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bench.stage import INPUT, stage
from studies.tutorial.program import programs
from tests.kit import events
from tests.kit.deployed import issue_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.program import Event, Program
    from bench.stage import Stage

BEFORE, ALL = 10, 30
FUNCTIONS = {"submit": "SubmitJob", "work": "Worker", "poll": "GetJob"}


class Instructions(NamedTuple):
    """Instructions of one invocation: `cold` from the interpreter's start to the response, `warm` as a
    mean."""

    cold: int
    warm: float


class Peer(Protocol):
    @property
    def phases(self) -> tuple[str, ...]: ...

    def program(self, phase: str) -> Program: ...

    def events(self, phase: str, number: int) -> list[Event]:
        """Return `count` events for the phase's function. For `work`, they are of new jobs."""


@dataclass(frozen=True)
class Engine:
    """Return a new key per run, because processes with the same key share its rate window."""

    stage: Stage
    phases: tuple[str, ...] = tuple(FUNCTIONS)
    numbers: Iterator[int] = field(default_factory=count)

    def program(self, phase: str) -> Program:
        return self.stage.program(FUNCTIONS[phase])

    def events(self, phase: str, number: int) -> list[Event]:
        key = issue_key(self.stage.cloud, f"run-{next(self.numbers)}")
        submission = events.with_body(
            events.load("submit_job", key), {"type": "text_statistics", "input": INPUT}
        )
        if phase == "submit":
            return [submission] * number
        answer = self.program("submit").run([submission] * number).answer
        wake_ups = self.stage.wake_ups()
        assert len(wake_ups) == number
        if phase == "work":
            return wake_ups
        self.program("work").run(wake_ups)
        return [events.load("get_job", key, json.loads(answer["body"])["job_id"])] * number


def measure() -> dict[str, dict[str, Instructions]]:
    """Return the instructions by peer and phase."""
    with stage() as place, programs(place) as tutorial:
        return {"engine": of(Engine(place)), "tutorial": of(tutorial)}


def of(peer: Peer) -> dict[str, Instructions]:
    """Run several programs at once: counts, unlike times, stay the same.

    All of them are prepared first, because their submissions share a queue.
    """
    functions = {phase: peer.program(phase) for phase in peer.phases}
    events = {phase: [peer.events(phase, number) for number in (1, BEFORE, ALL)] for phase in peer.phases}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {phase: pool.map(functions[phase].instructions, given) for phase, given in events.items()}
        return {
            phase: Instructions(cold, (whole - start) / (ALL - BEFORE))
            for phase, (cold, start, whole) in runs.items()
        }
