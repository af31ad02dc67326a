"""The system's clock and randomness, and forms of time."""

import secrets
import time
from uuid import UUID

from claimcheck.domain.job import Millis


class SystemClock:
    def now(self) -> Millis:
        return time.time_ns() // 1_000_000

    def sleep(self, duration: Millis) -> None:
        time.sleep(duration / 1000)


class SystemRandomness:
    def job_id(self, now: Millis) -> str:
        return uuid7(now, secrets.randbits(74))

    def token(self) -> str:
        return secrets.token_hex(16)

    def below(self, bound: int) -> int:
        # Not `random`: a snapshot of a started function (SnapStart) would give all its copies one state.
        return secrets.randbelow(bound + 1)


def uuid7(now: Millis, randomness: int) -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7) of a time and 74 random bits."""
    high, low = randomness >> 62, randomness & (1 << 62) - 1
    return str(UUID(int=now << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))


def rfc3339(at: Millis, *, fraction: bool = True) -> str:
    """Format a time in UTC, with milliseconds if `fraction`, as JavaScript's `toISOString()` does."""
    seconds, millis = divmod(at, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}{f'.{millis:03}' if fraction else ''}Z"


def optional_rfc3339(at: Millis | None) -> str | None:
    return None if at is None else rfc3339(at)


def time_of(job_id: str) -> Millis:
    return UUID(job_id).int >> 80
