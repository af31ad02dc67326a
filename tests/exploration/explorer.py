"""All histories of a scenario, within bounds on preemptions and faults.

A state is the backend, the point of each process, and what is left of the bounds. The explorer goes level by
level: all states after one step, then all after two. The points of a state say how many steps led to it, so
equal states are in one level. There they merge, with the number of histories that lead to them. The first
violation has a shortest history.
"""

from __future__ import annotations

import gc
import logging
import os
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from claimcheck.domain import job as job_module
from claimcheck.domain import ports
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.outbound import TimedOut, Unreachable
from claimcheck.service import sweeper
from tests.exploration.cast import Cast
from tests.exploration.process import CHANGES, Call, Ended, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.domain.job import Millis
    from tests.exploration.backend import Backend
    from tests.exploration.process import Point, Process

# The index of a process, how its call goes, and its answer.
Move = tuple[int, Fault | None, Any]


class Step(NamedTuple):
    """A call of a process at a time, and the steps before it."""

    at: Millis
    process: str
    call: Call
    fault: Fault | None
    answer: Any
    before: Step | None

    @property
    def history(self) -> list[Step]:
        steps, step = [self], self.before
        while step is not None:
            steps.append(step)
            step = step.before
        return steps[::-1]


class State(NamedTuple):
    """`points` has None for a killed process. Only a preemption interrupts the process `running`; it is None
    after the end of one, and while it sleeps."""

    backend: Backend
    points: tuple[Point | None, ...]
    running: int | None
    preemptions: int
    faults: int


@dataclass
class Reached:
    """The number of histories that lead to a state, and the last step of the first one."""

    histories: int
    last: Step | None


@dataclass
class Explored:
    roles: list[str]
    histories: int = 0
    states: int = 0


class Violation(Exception):
    def __init__(self, message: str, last: Step | None) -> None:
        super().__init__(message)
        self.history = last.history if last else []


def explore(scenario: Callable[[Cast], None], preemptions: int, faults: int) -> Explored:
    """Explore every history of a scenario. Raises: Violation."""
    with _alone():
        cast = Cast()
        scenario(cast)
        return Explorer(cast).explore(preemptions, faults)


@contextmanager
def _alone() -> Iterator[None]:
    """Let the index have one shard, so that a sweep has few steps. Write no logs. Look for no cycles, which
    takes a third of the time: states have none."""
    disabled = logging.root.manager.disable
    logging.disable()
    gc.disable()
    try:
        with (
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
        self._backends: dict[bytes, Backend] = {}
        # What each call did: processes that meet again in equal states share it.
        self._steps: dict[tuple[Backend, Point, Fault | None], tuple[Backend, Any, Point]] = {}
        self._checked: set[tuple[Backend, str]] = set()

    def explore(self, preemptions: int, faults: int) -> Explored:
        explored = Explored(sorted({each.role for each in self._cast.processes}))
        points = tuple(self._service.started(each) for each in self._cast.processes)
        start = State(self._service.backend, points, None, preemptions, faults)
        level = {start: Reached(1, None)}
        while level:
            explored.states += len(level)
            level = self._next_level(level, explored)
        return explored

    def _next_level(self, level: dict[State, Reached], explored: Explored) -> dict[State, Reached]:
        following: dict[State, Reached] = {}
        for state, reached in level.items():
            moved = False
            for move, successor in self._moves(state, reached.last):
                moved = True
                found = following.get(successor)
                if found is None:
                    found = following[successor] = Reached(0, _step(state, move, reached.last))
                found.histories += reached.histories
            if not moved:
                explored.histories += reached.histories
                self._check_end(state, reached.last)
        return following

    def _moves(self, state: State, last: Step | None) -> Iterator[tuple[Move, State]]:
        """Yield each possible next call of each process that may go on, and the state after it."""
        backend, points, running, preemptions, faults = state
        for index, point in enumerate(points):
            if point is None:
                continue
            preempts = running is not None and running != index
            if preempts and not preemptions:
                continue
            for fault in point.ways if faults else point.ways[:1]:
                try:
                    changed, answer, after = self._done(backend, point, fault)
                except AssertionError as violation:
                    raise Violation(str(violation), _step(state, (index, fault, None), last)) from violation
                successor = State(
                    changed,
                    (*points[:index], after, *points[index + 1 :]),
                    index if after is not None and after.goes_on else None,
                    preemptions - preempts,
                    faults - (fault is not None),
                )
                yield (index, fault, answer), successor

    def _done(self, backend: Backend, point: Point, fault: Fault | None) -> tuple[Backend, Any, Point | None]:
        """Return the backend after the next call of a process, its answer, and the process after it."""
        if fault is Fault.KILLED:
            return backend, None, None
        name = backend, point, fault
        done = self._steps.get(name)
        if done is None:
            assert isinstance(point.following, Call)
            changed, answer = self._answered(backend, point.process, point.following, fault)
            done = self._steps[name] = changed, answer, point.after(answer, self._service)
        return done

    def _answered(
        self, backend: Backend, process: Process, call: Call, fault: Fault | None
    ) -> tuple[Backend, Any]:
        if fault is Fault.REFUSED:
            return backend, _failure(call, fault)
        changed = backend.copied() if call.name in CHANGES else backend
        changed.store.actor = process.role
        with patch.object(job_module, "KNOWN_NEEDS", process.known_needs):
            try:
                answer = call.on(changed)
                if call.name == "now":
                    answer += process.ahead
            except Exception as error:  # noqa: BLE001 - the process handles it, or ends with it
                answer = error.with_traceback(None)
        changed.store.actor = "worker"
        assert not changed.store.violations, changed.store.violations[0]
        if changed is not backend:
            changed = self._backends.setdefault(changed.fingerprint(), changed)
        return changed, answer if fault is None else _failure(call, fault)

    def _check_end(self, state: State, last: Step | None) -> None:
        followings = [None if each is None else each.following for each in state.points]
        results = [each.result for each in followings if isinstance(each, Ended)]
        name = state.backend, repr(results)
        if name in self._checked:
            return
        self._checked.add(name)
        try:
            self._cast.check(state.backend.copied(), results)
        except AssertionError as violation:
            raise Violation(str(violation), last) from violation


def _step(state: State, move: Move, last: Step | None) -> Step:
    index, fault, answer = move
    point = state.points[index]
    assert point is not None
    assert isinstance(point.following, Call)
    return Step(state.backend.clock.now(), point.process.name, point.following, fault, answer, last)


def _failure(call: Call, fault: Fault) -> Any:
    match call.name:
        case "request":
            return Unreachable("connection_failed", "down") if fault is Fault.REFUSED else TimedOut()
        case "insert" | "insert_many" if fault is Fault.UNREPORTED:
            return OutcomeUnknown()
        case "send_many":
            return list(call.args[0])
    return Unavailable()
