"""Threads in virtual time: the one whose time is the earliest goes on alone, so every run is the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore, local
from typing import TYPE_CHECKING, TypeVar

from claimcheck.testing.clock import MIDSUMMER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.domain.job import Millis

T = TypeVar("T")


class VirtualTime:
    """A clock that is another one for each program that `run` started."""

    def __init__(self) -> None:
        # By the program's number. Only the program whose turn it is changes them.
        self._times: dict[int, Millis] = {}
        self._turns: list[Semaphore] = []
        self._mine = local()

    def now(self) -> Millis:
        return self._times.get(getattr(self._mine, "number", -1), MIDSUMMER)

    def sleep(self, duration: Millis) -> None:
        number = self._mine.number
        self._times[number] += duration
        self._pass_on()
        self._turns[number].acquire()

    def run(self, programs: Sequence[Callable[[], T]]) -> list[T]:
        """Run programs that all start at once, and return their results."""
        self._times = dict.fromkeys(range(len(programs)), MIDSUMMER)
        self._turns = [Semaphore(0) for _ in programs]
        with ThreadPoolExecutor(len(programs)) as pool:
            started = [pool.submit(self._run, number, each) for number, each in enumerate(programs)]
            self._pass_on()
            return [each.result() for each in started]

    def _run(self, number: int, program: Callable[[], T]) -> T:
        self._mine.number = number
        self._turns[number].acquire()
        try:
            return program()
        finally:
            del self._times[number]
            self._pass_on()

    def _pass_on(self) -> None:
        """Let the program of the earliest time go on."""
        if self._times:
            self._turns[min(self._times, key=lambda number: (self._times[number], number))].release()
