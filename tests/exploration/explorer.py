"""All histories of a scenario, within bounds on preemptions and faults.

A state is the backend, the point of each process, and what is left of the bounds. The explorer goes level by
level: all states after one step, then all after two. The points of a state say how many steps led to it, so
equal states are in one level. There they merge, with the number of histories that lead to them. The first
violation has a shortest history.

Where nothing is left of the bounds, a process that runs goes on until it sleeps or ends. That is one move of
many steps, and depends on nothing but the backend and the process.
"""

from __future__ import annotations

import gc
import logging
import os
from collections import defaultdict
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from claimcheck.domain import job as job_module
from claimcheck.domain import ports
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.outbound import TimedOut, Unreachable
from claimcheck.service import sweeper
from tests.exploration.cast import CHECKED, Cast
from tests.exploration.process import Call, Ended, Fault, Point
from tests.simulation.witness import READS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from claimcheck.domain.job import Millis
    from tests.exploration.backend import Backend
    from tests.exploration.process import Process


class Step(NamedTuple):
    """A call of a process at a time, and how it went."""

    at: Millis
    process: str
    call: Call
    fault: Fault | None
    answer: Any


class State(NamedTuple):
    """Only a preemption interrupts the process `running`. It is None after its end, and while it sleeps."""

    backend: Backend
    points: tuple[Point, ...]
    running: int | None
    preemptions: int
    faults: int


class Move(NamedTuple):
    """This process makes a number of `calls`. The first goes this way, all others without a fault."""

    process: int
    fault: Fault | None
    calls: int


@dataclass(slots=True)
class Reached:
    """A state, the number of histories that lead to it, and the end of the first one."""

    state: State
    histories: int = 0
    before: tuple[Reached, Move] | None = None


@dataclass
class Explored:
    """`backends` has every backend by its fingerprint."""

    roles: list[str]
    histories: int = 0
    states: int = 0
    backends: dict[bytes, Backend] = field(default_factory=dict, compare=False)


class Violation(Exception):
    def __init__(self, message: str, history: list[Step]) -> None:
        super().__init__(message)
        self.history = history


def explore(scenario: Callable[[Cast], None], *bounds: tuple[int, int]) -> Explored:
    """Explore every history of a scenario within each of these bounds on preemptions and faults.

    A history within two of them counts twice. Raises: Violation.
    """
    with _alone():
        return _explored(scenario, bounds)


def _explored(scenario: Callable[[Cast], None], bounds: Iterable[tuple[int, int]]) -> Explored:
    """As `explore`. At its end the states are gone, before cycles are looked for again."""
    cast = Cast()
    scenario(cast)
    explorer = Explorer(cast)
    for preemptions, faults in bounds:
        explorer.explore(preemptions, faults)
    return explorer.explored


@contextmanager
def _alone() -> Iterator[None]:
    """Let the index have one shard, so that a sweep has few steps. Write no logs. Look for no cycles, which
    takes a third of the time: states have none."""
    disabled = logging.root.manager.disable
    logging.disable()
    gc.disable()
    try:
        with (
            # Each process sets its own.
            patch.object(job_module, "KNOWN_NEEDS", job_module.KNOWN_NEEDS),
            patch.object(sweeper, "SHARDS", 1),
            patch.object(ports, "SHARDS", 1),
            Path(os.devnull).open("w") as nowhere,
            redirect_stdout(nowhere),
        ):
            yield
    finally:
        logging.disable(disabled)
        gc.enable()


class Explorer:
    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._service = cast.service
        # What each call did: processes that meet again in equal states share it.
        self._steps: dict[tuple[Backend, Point, Fault | None], tuple[Backend, Any, Point]] = {}
        # How a process goes on if nothing interrupts it, in how many calls.
        self._runs: dict[tuple[Backend, Point, Fault | None], tuple[Backend, Point, int]] = {}
        self._checked: set[tuple[Backend, str]] = set()
        self._killed = {each: Point(each, (), None) for each in cast.processes}
        # Fingerprints of other backends start from this one.
        self._service.backend.fingerprint()
        self._start = self._service.backend, tuple(self._service.started(each) for each in cast.processes)
        self.explored = Explored(sorted({each.role for each in cast.processes}))

    def explore(self, preemptions: int, faults: int) -> None:
        start = State(*self._start, None, preemptions, faults)
        levels: defaultdict[int, dict[State, Reached]] = defaultdict(dict)
        levels[0][start] = Reached(start, 1)
        for steps in count():
            level = levels.pop(steps, {})
            self.explored.states += len(level)
            for reached in level.values():
                moved = False
                for move, successor in self._moves(reached):
                    moved = True
                    following = levels[steps + move.calls]
                    found = following.get(successor)
                    if found is None:
                        found = following[successor] = Reached(successor, 0, (reached, move))
                    found.histories += reached.histories
                if not moved:
                    self.explored.histories += reached.histories
                    self._check_end(reached)
            if not levels:
                return

    def _moves(self, reached: Reached) -> Iterator[tuple[Move, State]]:
        """Yield each way in which each process that may go on does so, and the state after it."""
        backend, points, running, preemptions, faults = reached.state
        for index, point in enumerate(points):
            preempts = running is not None and running != index
            if preempts and not preemptions:
                continue
            for fault in point.ways if faults else point.ways[:1]:
                left = preemptions - preempts, faults - (fault is not None)
                move = self._step if any(left) else self._run
                try:
                    changed, after, calls = move(backend, point, fault)
                except AssertionError as violation:
                    last = Step(backend.clock.now(), point.process.name, _next(point), fault, None)
                    raise Violation(str(violation), [*self._history(reached), last]) from violation
                successor = State(
                    changed,
                    (*points[:index], after, *points[index + 1 :]),
                    index if after.goes_on else None,
                    *left,
                )
                yield Move(index, fault, calls), successor

    def _step(self, backend: Backend, point: Point, fault: Fault | None) -> tuple[Backend, Point, int]:
        """Let a process make one call."""
        changed, _, after = self._done(backend, point, fault)
        return changed, after, 1

    def _run(self, backend: Backend, point: Point, fault: Fault | None) -> tuple[Backend, Point, int]:
        """Let a process make a call and go on until it sleeps, ends, or is about to break a promise."""
        name = backend, point, fault
        run = self._runs.get(name)
        if run is None:
            backend, point, calls = self._step(*name)
            with suppress(AssertionError):
                while point.goes_on:
                    backend, _, point = self._done(backend, point, None)
                    calls += 1
            run = self._runs[name] = backend, point, calls
        return run

    def _done(self, backend: Backend, point: Point, fault: Fault | None) -> tuple[Backend, Any, Point]:
        """Return the backend after the next call of a process, its answer, and the process after it."""
        if fault is Fault.KILLED:
            return backend, None, self._killed[point.process]
        name = backend, point, fault
        done = self._steps.get(name)
        if done is None:
            changed, answer = self._answered(backend, point.process, _next(point), fault)
            done = self._steps[name] = changed, answer, point.after(answer, self._service)
        return done

    def _answered(
        self, backend: Backend, process: Process, call: Call, fault: Fault | None
    ) -> tuple[Backend, Any]:
        if fault is Fault.REFUSED:
            return backend, _failure(call, fault)
        changed = backend if call.name in READS else backend.copied()
        changed.store.actor = process.role
        job_module.KNOWN_NEEDS = process.known_needs
        try:
            answer = call.on(changed)
            if call.name == "now":
                answer += process.ahead
        except Exception as error:  # noqa: BLE001 - the process handles it, or ends with it
            answer = error.with_traceback(None)
        changed.store.actor = "worker"
        assert not changed.store.violations, changed.store.violations[0]
        if changed is not backend:
            changed = self.explored.backends.setdefault(changed.fingerprint(backend), changed)
        return changed, answer if fault is None else _failure(call, fault)

    def _check_end(self, reached: Reached) -> None:
        ends = [each.following for each in reached.state.points]
        results = [
            each.result for each in ends if isinstance(each, Ended) and isinstance(each.result, CHECKED)
        ]
        name = reached.state.backend, repr(results)
        if name in self._checked:
            return
        self._checked.add(name)
        try:
            self._cast.check(reached.state.backend.copied(), results)
        except AssertionError as violation:
            raise Violation(str(violation), self._history(reached)) from violation

    def _history(self, reached: Reached) -> list[Step]:
        """Return the steps of the first history that led to it."""
        if reached.before is None:
            return []
        before, move = reached.before
        history = self._history(before)
        backend, point, fault = before.state.backend, before.state.points[move.process], move.fault
        for _ in range(move.calls):
            changed, answer, after = self._done(backend, point, fault)
            history.append(Step(backend.clock.now(), point.process.name, _next(point), fault, answer))
            backend, point, fault = changed, after, None
        return history


def _next(point: Point) -> Call:
    assert isinstance(point.following, Call)
    return point.following


def _failure(call: Call, fault: Fault) -> Any:
    match call.name:
        case "request":
            return Unreachable("connection_failed", "down") if fault is Fault.REFUSED else TimedOut()
        case "insert" | "insert_many" if fault is Fault.UNREPORTED:
            return OutcomeUnknown()
        case "send_many":
            return list(call.args[0])
    return Unavailable()
