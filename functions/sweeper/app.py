"""Sweep what is due, every minute."""

from typing import Any, Protocol

from claimcheck import cold_start
from claimcheck.bootstrap import bootstrap


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


# Built at initialisation, when Lambda gives a function a whole CPU.
sweeper = bootstrap().sweeper
cold_start.end()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    swept = sweeper.sweep(context.get_remaining_time_in_millis)
    return {
        "moved": swept.moved,
        "woken": swept.woken,
        "ended": len(swept.ended),
        "slots": swept.slots,
    }
