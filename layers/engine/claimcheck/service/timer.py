"""Stopping a handler that overruns, from within the process: so that its end can still be written."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from claimcheck.model import Millis


class Overrun(BaseException):
    """The time is up. Not an Exception, so that a handler's own `except Exception` lets it pass."""


@contextmanager
def limit(duration: Millis) -> Iterator[None]:
    """Raise Overrun in this block once the time is up, which is more than none.

    Main thread only: Python's signals are.
    It fires once; a handler that swallows even that is left to its lease.
    """

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise Overrun

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, duration / 1000)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
