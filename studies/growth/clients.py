"""The clients that submit and poll, and the API's throttle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studies.growth.load import Kind
from studies.growth.moves import submitted
from studies.growth.parameters import DEADLINE, NEAR
from studies.growth.units import costs

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from studies.growth.system import System


class Clients:
    def __init__(self, system: System) -> None:
        self._system = system
        self._tokens = float(system.deployment.api_burst)
        self._accepted = 0

    def run(self) -> Generator[simpy.Event, None, None]:
        while True:
            self._submit()
            yield self._system.env.timeout(1)

    def _submit(self) -> None:
        system, load = self._system, self._system.load
        asked = int(system.rng.poisson(load.at(system.now) / system.deployment.cells))
        system.tally.count("submitted", asked)
        let_through = self._through(asked)
        system.tally.count("refused by the API", asked - let_through)
        large = system.some(let_through, load.largest_org)
        accepted = system.table.write(large, costs().put, largest_org=True)
        accepted += system.table.write(let_through - large, costs().put)
        system.tally.count("refused by the table", let_through - accepted)
        system.tally.count("accepted", accepted)
        self._accepted = accepted
        self._spread(accepted)

    def _through(self, asked: int) -> int:
        """Apply a token bucket to submissions, and to polls of the jobs accepted a second ago."""
        system, deployment = self._system, self._system.deployment
        offered = asked + self._accepted * system.load.polls
        self._tokens = min(self._tokens + deployment.api_rate, deployment.api_burst + deployment.api_rate)
        if offered <= self._tokens:
            self._tokens -= offered
            return asked
        served, self._tokens = self._tokens / offered, 0.0
        return system.some(asked, served)

    def _spread(self, accepted: int) -> None:
        """Distribute accepted jobs over their start times."""
        system, now = self._system, self._system.now
        times, shares = zip(*system.load.run_at(now), strict=True)
        for run_at, count in zip(times, system.split(accepted, shares), strict=True):
            if count:
                new = submitted(now, run_at, run_at + DEADLINE, _kind(run_at - now))
                for state, number in system.each(new, count):
                    system.wake(state, number)


def _kind(ahead: int) -> int:
    if not ahead:
        return Kind.NOW
    return Kind.NEAR if ahead <= NEAR else Kind.FAR
