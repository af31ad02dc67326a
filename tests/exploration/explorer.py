"""All histories of a scenario, within bounds on preemptions and faults.

A state is the backend, the point of each process, and what is left of the bounds. The explorer goes level by
level: all states after one step, then all after two. Each state is met in one level only, because its points
say how many steps led to it; so equal states merge, with the number of histories that lead to them, and the
first violation has a shortest history.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch
from weakref import WeakValueDictionary

from claimcheck.domain import job as job_module
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.outbound import TimedOut, Unreachable
from tests.exploration.backend import Backend
from tests.exploration.process import Call, Ended, Point, Process, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WRITES = {"insert", "replace", "record", "record_delivery", "put", "delete", "send", "send_many", "request"}
# The passing of time, and what DynamoDB does by itself: they do not fail.
NATURE = {"now", "sleep", "expire", "catch_up", "receive"}
CHANGING = WRITES | NATURE - {"now"}


class Fault(StrEnum):
    REFUSED = "refused"
    UNREPORTED = "worked, but reported as failed"
    KILLED = "killed before it"


class Step(NamedTuple):
    process: str
    call: Call
    fault: Fault | None
    answer: Any
    before: Step | None

    @property
    def history(self) -> list[Step]:
        return [*(self.before.history if self.before else ()), self]


class State(NamedTuple):
    """`running` is the process that others can only preempt. It is None after its end and while it sleeps."""

    backend: Backend
    points: tuple[Point | None, ...]
    running: int | None
    preemptions: int
    faults: int


@dataclass
class Found:
    """The number of histories that lead to a state, and the last step of the first one."""

    histories: int
    last: Step | None


@dataclass
class Explored:
    histories: int = 0
    states: int = 0
    ends: int = 0


class Violation(Exception):
    def __init__(self, message: str, last: Step | None) -> None:
        super().__init__(message)
        self.last = last


class Explorer:
    """`check` looks at the backend of a complete history, and at what each process ended with."""

    def __init__(
        self, service: Service, processes: list[Process], check: Callable[[Backend, list[Any]], None]
    ) -> None:
        self._service = service
        self._check = check
        self._backends: WeakValueDictionary[bytes, Backend] = WeakValueDictionary()
        self._checked: set[tuple[bytes, str]] = set()
        self._start = service.backend
        self._steps: dict[tuple[Backend, Point, Fault | None], tuple[Backend, Any, Point]] = {}
        self._points: tuple[Point | None, ...] = tuple(service.started(each) for each in processes)

    def explore(self, preemptions: int, faults: int) -> Explored:
        """Raises: Violation."""
        explored = Explored()
        start = State(self._start, self._points, None, preemptions, faults)
        level = {start: Found(1, None)}
        while level:
            explored.states += len(level)
            level = self._next_level(level, explored)
        explored.ends = len(self._checked)
        return explored

    def _next_level(self, level: dict[State, Found], explored: Explored) -> dict[State, Found]:
        following: dict[State, Found] = {}
        self._steps.clear()
        for state, found in level.items():
            at_end = True
            for step, successor in self._moves(state, found.last):
                at_end = False
                if successor in following:
                    following[successor].histories += found.histories
                else:
                    following[successor] = Found(found.histories, step)
            if at_end:
                explored.histories += found.histories
                self._end(state, found.last)
        return following

    def _moves(self, state: State, last: Step | None) -> Iterator[tuple[Step, State]]:
        for index, point in enumerate(state.points):
            if point is None or isinstance(point.following, Ended):
                continue
            preempts = state.running is not None and state.running != index
            if preempts and not state.preemptions:
                continue
            left = state._replace(preemptions=state.preemptions - preempts)
            for fault in _faults(point.following) if state.faults else (None,):
                yield self._moved(left, index, point, fault, last)

    def _moved(
        self, state: State, index: int, point: Point, fault: Fault | None, last: Step | None
    ) -> tuple[Step, State]:
        call = point.following
        assert isinstance(call, Call)
        try:
            backend, answer, after = self._step(state.backend, point, call, fault)
        except AssertionError as violation:
            raise Violation(str(violation), Step(point.process.name, call, fault, None, last)) from violation
        goes_on = after is not None and not isinstance(after.following, Ended) and after.following.name != "sleep"
        successor = State(
            backend,
            (*state.points[:index], after, *state.points[index + 1 :]),
            index if goes_on else None,
            state.preemptions,
            state.faults - (fault is not None),
        )
        return Step(point.process.name, call, fault, answer, last), successor

    def _step(
        self, backend: Backend, point: Point, call: Call, fault: Fault | None
    ) -> tuple[Backend, Any, Point | None]:
        """Let a process do its call and go on to the next one. Processes that meet in a state share this."""
        if fault is Fault.KILLED:
            return backend, None, None
        name = backend, point, fault
        if name not in self._steps:
            changed, answer = self._answer(backend, point.process, call, fault)
            self._steps[name] = changed, answer, point.after(answer, self._service)
        return self._steps[name]

    def _answer(
        self, backend: Backend, process: Process, call: Call, fault: Fault | None
    ) -> tuple[Backend, Any]:
        if fault is Fault.REFUSED:
            return backend, _failure(call, fault)
        changed = backend.copied() if call.name in CHANGING else backend
        changed.store.actor = process.role
        try:
            with patch.object(job_module, "KNOWN_NEEDS", process.known_needs):
                answer = call.on(changed)
        except Exception as error:  # noqa: BLE001 - the process handles it, or ends
            answer = error
        changed.store.actor = "worker"
        assert not changed.store.violations, changed.store.violations[0]
        if changed is not backend:
            changed.name = changed.fingerprint()
            changed = self._backends.setdefault(changed.name, changed)
        return changed, answer if fault is None else _failure(call, fault)

    def _end(self, state: State, last: Step | None) -> None:
        results = [each.following.result if each and isinstance(each.following, Ended) else None for each in state.points]
        name = state.backend.name, repr(results)
        if name in self._checked:
            return
        self._checked.add(name)
        try:
            self._check(state.backend.copied(), results)
        except AssertionError as violation:
            raise Violation(str(violation), last) from violation


def _faults(call: Call) -> tuple[Fault | None, ...]:
    """Return how a call can go. To be killed before a read is to be killed before the next write."""
    if call.name in NATURE:
        return (None,)
    return (None, *Fault) if call.name in WRITES else (None, Fault.REFUSED)


def _failure(call: Call, fault: Fault) -> Any:
    match call.name:
        case "request":
            return Unreachable("connection_failed", "down") if fault is Fault.REFUSED else TimedOut()
        case "insert" if fault is Fault.UNREPORTED:
            return OutcomeUnknown()
        case "send_many":
            return len(call.args[0])
    return Unavailable()
