"""The sweeper: every minute, up to its time limit, it moves, ends or wakes due jobs.

The time per row is an assumption. Its speed is limited by the sixteen shards' threads, which wait for writes
of some milliseconds, or by the CPU that they share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from claimcheck.aws.sqs import BATCH
from claimcheck.service.sweeper import CROWD, PAGE
from studies.growth.moves import delay, swept
from studies.growth.parameters import SWEEP, TICK
from studies.growth.rows import AWAY, Place
from studies.growth.units import costs

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    import simpy

    from studies.growth.moves import State
    from studies.growth.parameters import Deployment
    from studies.growth.system import System


class Calls(NamedTuple):
    """A sweep's calls to AWS, besides one write per row."""

    queries: int
    batch_reads: int
    batch_sends: int

    @classmethod
    def of(cls, rows: Sequence[int]) -> Calls:
        """Return the calls for this number of rows in each shard.

        A full page is followed by another, which may be empty. The rows of one round of pages are read and
        woken in batches across shards.
        """
        rounds = [
            sum(min(max(count - at, 0), PAGE) for count in rows) for at in range(0, max(rows) + 1, PAGE)
        ]
        chunks = [min(found - at, PAGE) for found in rounds for at in range(0, found, PAGE)]
        return cls(
            queries=sum(count // PAGE + 1 for count in rows),
            batch_reads=len(chunks),
            batch_sends=sum(-(-size // BATCH) for size in chunks),
        )


def rows_a_second(deployment: Deployment) -> float:
    return min(1 / deployment.row_cpu, deployment.shards / deployment.row_calls)


class Sweeper:
    def __init__(self, system: System) -> None:
        self._system = system
        self._speed = rows_a_second(system.deployment)
        self._round = PAGE * system.deployment.shards
        # The chance that a late job is woken in a minute.
        self._chance = 1.0

    def run(self) -> Generator[simpy.Event, None, None]:
        while True:
            yield self._system.env.timeout(TICK - self._system.now % TICK)
            yield from self._sweep(self._system.now)

    def _sweep(self, tick: int) -> Generator[simpy.Event, None, None]:
        count = self._system.rows.count_due(tick)
        self._system.tally.peak("due_rows", count)
        waiting = sum(self._system.wake_ups.visible(tick)) if count > self._round else 0
        self._chance = CROWD / max(waiting, CROWD)
        due, handled, left, found = self._system.rows.due(tick), 0, 0, None
        while self._system.now < tick + SWEEP:
            budget = int(self._speed)
            while budget:
                if not left:
                    found = next(due, None)
                    if found is None:
                        break
                    left = self._system.rows.count(*found)
                assert found is not None
                # Workers may have taken some of them since.
                left = min(left, self._system.rows.count(*found))
                number = min(left, budget)
                self._move(*found, number, tick)
                handled, left, budget = handled + number, left - number, budget - number
            if found is None:
                break
            yield self._system.env.timeout(1)
        self._note(handled)

    def _note(self, handled: int) -> None:
        system = self._system
        shards = system.split(handled, [1 / system.deployment.shards] * system.deployment.shards)
        calls = Calls.of(shards)
        system.tally.count("sweeper calls", sum(calls) + handled)
        busy = min(handled / self._speed, SWEEP)
        system.tally.peak("sweep_seconds", busy)

    def _move(self, place: Place, state: State, count: int, tick: int) -> None:
        if not count:
            return
        system = self._system
        moved = swept(state, tick)
        written = system.table.write(count, costs().move if moved.state else costs().end)
        system.tally.count("moved", written)
        system.rows.take(place, state, written)
        if moved.state is None:
            system.tally.ended[moved.code] += written
            self._orphan(place, written)
        elif moved.state.leased(tick):
            self._stay(place, moved.state, written)
        else:
            self._wake(place, moved.state, written, tick)

    def _orphan(self, place: Place, count: int) -> None:
        """Make the wake-ups of ended jobs stale."""
        if place.name == "queued":
            self._system.wake_ups.add_stale(count, place.at)

    def _stay(self, place: Place, state: State, count: int) -> None:
        if place.name == "queued":
            self._system.wake_ups.add(state, count, place.at)
        else:
            self._system.rows.add(place, state, count)

    def _wake(self, place: Place, state: State, count: int, tick: int) -> None:
        """Send another wake-up. Of a job's two, the one that is visible first is the live one."""
        system, after = self._system, delay(state, self._system.now)
        if self._chance < 1 and state.not_before <= system.now:
            woken = system.some(count, min(self._chance * (state.due_at - tick) / TICK, 1))
            self._stay(place, state, count - woken)
            count = woken
        if place == AWAY or after is None:
            assert place == AWAY
            system.wake(state, count)
            return
        lost = system.some(count, system.load.lost)
        system.tally.count("wake-ups", count)
        at = system.now + after
        system.wake_ups.add(state, count - lost, min(at, place.at))
        system.wake_ups.add_stale(count - lost, max(at, place.at))
        system.wake_ups.add(state, lost, place.at)
