"""The simulated load. Every value is an assumption, and the page lists it as one."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Kind:
    """When a job is to start: at once, within the reach of a delayed wake-up, or later."""

    NOW, NEAR, FAR = range(3)
    NAMES = ("at once", "up to 15 minutes ahead", "further ahead")


class Span(NamedTuple):
    start: int
    end: int

    def holds(self, now: int) -> bool:
        return self.start <= now < self.end


MORNING = Span(10 * HOUR, 10 * HOUR + 10 * MINUTE)
EVENING = Span(20 * HOUR, 20 * HOUR + 10 * MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Times are seconds since midnight. `rate` is the day's mean in jobs per second. Probabilities are per
    attempt."""

    rate: float
    swing: float = 0.5
    peak_at: int = 15 * HOUR
    burst: Span = MORNING
    burst_factor: float = 2
    outage: Span = EVENING
    durations: tuple[tuple[int, float], ...] = ((1, 0.90), (2, 0.08), (5, 0.02))
    horizons: tuple[tuple[int, float], ...] = (
        (5 * MINUTE, 0.04),
        (30 * MINUTE, 0.02),
        (2 * HOUR, 0.015),
        (8 * HOUR, 0.015),
    )
    on_the_hour: float = 0.01
    fails: float = 0.02
    crashes: float = 1e-4
    lost: float = 1e-4
    polls: int = 5
    largest_org: float = 0.1

    def at(self, now: int) -> float:
        """Return the jobs per second at this time of day."""
        wave = 1 + self.swing * cos(2 * pi * (now - self.peak_at) / DAY)
        return self.rate * wave * (self.burst_factor if self.burst.holds(now) else 1)

    @property
    def mean_duration(self) -> float:
        """The mean duration of an attempt, in seconds."""
        return sum(seconds * share for seconds, share in self.durations)

    def run_at(self, now: int) -> Iterator[tuple[int, float]]:
        """Yield each start time of jobs submitted now, with the share of jobs that have it."""
        ahead = self.on_the_hour + sum(share for _, share in self.horizons)
        yield now, 1 - ahead
        for horizon, share in self.horizons:
            yield now + horizon, share
        yield (now // HOUR + 1) * HOUR, self.on_the_hour

    @property
    def assumptions(self) -> list[tuple[str, str]]:
        timers = [f"{share:.1%} {ahead(horizon)} ahead" for horizon, share in self.horizons]
        return [
            ("rate over the day", f"a wave: mean ± {self.swing:.0%}, highest at {clock(self.peak_at)}"),
            ("a burst", f"{self.burst_factor:g} times the rate, {span(self.burst)}"),
            ("an outage", f"no worker runs {span(self.outage)}; running attempts are lost"),
            (
                "duration of an attempt",
                ", ".join(f"{time} s ({share:.0%})" for time, share in self.durations),
            ),
            ("timers", ", ".join([*timers, f"{self.on_the_hour:.1%} at the next full hour"])),
            ("attempts that fail and are retried", f"{self.fails:.0%}"),
            ("attempts whose worker dies", f"{self.crashes:.2%}"),
            ("lost wake-ups", f"{self.lost:.2%}"),
            ("polls per job", str(self.polls)),
            ("share of the largest org", f"{self.largest_org:.0%} of the jobs"),
            ("refused submissions", "not retried"),
        ]


def clock(at: int) -> str:
    return f"{at // HOUR}:{at % HOUR // MINUTE:02}"


def span(times: Span) -> str:
    return f"{clock(times.start)} to {clock(times.end)}"


def ahead(horizon: int) -> str:
    return f"{horizon // HOUR} h" if horizon >= HOUR else f"{horizon // MINUTE} min"
