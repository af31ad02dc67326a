"""Processes as functions of the answers that they got.

A process is the real service, run from its start with recorded answers of the ports. At the first call
without an answer it stops: this call is its next step. So its state is its list of answers, it can be
continued any number of times, and no thread waits.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from zlib import crc32

from claimcheck.domain import job as job_module
from claimcheck.domain.clock import uuid7
from claimcheck.domain.errors import ClaimcheckError
from claimcheck.service.attempt import Interruption
from claimcheck.service.bulk import JOB_TYPE as BULK
from claimcheck.service.callbacks.settings import CallbackSettings
from tests.exploration.backend import Backend, digest
from tests.kit.world import World
from tests.simulation.witness import KNOWN, READS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.job import Millis
    from claimcheck.service.callbacks.settings import On

# What time, SQS and DynamoDB do by themselves. It does not fail.
NATURE = {"now", "sleep", "receive", "expire", "catch_up"}
PORTS = ("clock", "store", "schedules", "flows", "queue", "objects", "documents", "receiver")


class Fault(StrEnum):
    REFUSED = "refused"
    UNREPORTED = "worked, but reported as failed"
    KILLED = "killed before it"


class Call(NamedTuple):
    port: str
    name: str
    args: tuple[Any, ...] = ()
    options: Mapping[str, Any] = {}

    def on(self, backend: Backend) -> Any:
        return getattr(getattr(backend, self.port), self.name)(*self.args, **self.options)

    @property
    def ways(self) -> tuple[Fault | None, ...]:
        """Return the ways in which it can go. The first is without a fault.

        A process that is killed before a read has done as much as one that is killed before its next write.
        """
        if self.name in NATURE:
            return (None,)
        return (None, Fault.REFUSED) if self.name in READS else (None, *Fault)


class Pause(Interruption):
    """The process has no answer to this call yet."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call


class Ended(NamedTuple):
    """What the process returned, or the error that it ended with."""

    result: Any


@dataclass(frozen=True)
class Process:
    """`role` is the actor that the witness sees. Old code knows no needs. Its clock is `ahead`."""

    name: str
    role: str
    program: Callable[[], Any]
    old: bool = False
    ahead: Millis = 0

    @property
    def known_needs(self) -> frozenset[str]:
        return frozenset() if self.old else KNOWN


@dataclass(eq=False)
class Point:
    """A point in a process's life, after `answers`. Equal answers lead to the same point.

    Its next call can go in these `ways`. `goes_on`: only a preemption interrupts it here. A process that was
    killed has nothing `following`.
    """

    process: Process
    answers: tuple[Any, ...]
    following: Call | Ended | None
    ways: tuple[Fault | None, ...] = field(init=False, default=())
    goes_on: bool = field(init=False, default=False)
    _after: dict[bytes, Point] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.following, Call):
            self.ways = self.following.ways
            self.goes_on = self.following.name != "sleep"

    def after(self, answer: Any, service: Service) -> Point:
        name = digest(f"{answer!r}{vars(answer) if isinstance(answer, BaseException) else ''}".encode())
        if name not in self._after:
            self._after[name] = service.started(self.process, (*self.answers, answer))
        return self._after[name]


class Counted:
    """Randomness that depends on the process alone, not on what others do."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._owner}.{self._count}"

    def job_id(self, now: Millis) -> str:
        return uuid7(now, crc32(self.token().encode()))

    def below(self, bound: int) -> int:
        return bound


class Service:
    """The real service. Its ports answer from the script of a process, or else from `backend`."""

    def __init__(self, handler: Callable[..., Any], job_type: JobType) -> None:
        self.backend = Backend()
        self._script: Iterator[Any] | None = None
        self.randomness = Counted("setup")
        ports: dict[str, Any] = {name: _Port(self, name) for name in PORTS}
        self.world = World(
            {job_type.name: handler},
            [job_type, BULK],
            store=ports["store"],
            documents=ports["documents"],
            objects=ports["objects"],
            timer=lambda duration: nullcontext(),
            clock=ports["clock"],
        )
        self.world.randomness = cast("Any", _Randomness(self))
        self.world.queue = ports["queue"]
        self.callbacks = _Callbacks(lambda: ports["documents"])
        self.world.rebuild(
            queue=ports["queue"],
            outbound=ports["receiver"],
            schedule_store=ports["schedules"],
            callback_settings=self.callbacks,
            flow_store=ports["flows"],
        )

    def started(self, process: Process, answers: tuple[Any, ...] = ()) -> Point:
        """Run the process up to its next call or its end."""
        self._script, self.randomness = iter(answers), Counted(process.name)
        job_module.KNOWN_NEEDS = process.known_needs
        try:
            return Point(process, answers, Ended(process.program()))
        except Pause as pause:
            return Point(process, answers, pause.call)
        except ClaimcheckError as error:
            return Point(process, answers, Ended(error.with_traceback(None)))
        finally:
            self._script = None

    def become(self, backend: Backend, owner: str) -> None:
        """Let the service act on this backend."""
        self.backend, self.randomness = backend, Counted(owner)

    def attribute(self, port: str, name: str) -> Any:
        if self._script is None:
            return getattr(getattr(self.backend, port), name)
        return partial(self._answer, port, name)

    def _answer(self, port: str, name: str, /, *args: Any, **options: Any) -> Any:
        assert self._script is not None
        for answer in self._script:
            if isinstance(answer, BaseException):
                raise answer.with_traceback(None)
            return answer
        raise Pause(Call(port, name, args, options))


class _Callbacks(CallbackSettings):
    """What orgs want by default, as read before. A process that reads it in between would have a state of
    which its answers know nothing."""

    on: On | None = None

    def wanted_by(self, org: str, now: Millis) -> On | None:
        return self.on


class _Port:
    def __init__(self, service: Service, port: str) -> None:
        self._service = service
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return self._service.attribute(self._port, name)


class _Randomness:
    def __init__(self, service: Service) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service.randomness, name)
