"""Work that took a minute is worth some patience: writes of its outcome are repeated for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from claimcheck.errors import Unavailable
from claimcheck.model import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.model import Millis
    from claimcheck.ports import Clock

T = TypeVar("T")


def insist(write: Callable[[], T], clock: Clock, until: Millis) -> T:
    """Call `write` until it works or the time is up. Raises: Unavailable, as `write` did last."""
    pause = SECOND // 4
    while True:
        try:
            return write()
        except Unavailable:
            if clock.now() + pause >= until:
                raise
        clock.sleep(pause)
        pause = min(pause * 2, 2 * SECOND)
