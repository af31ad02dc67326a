"""Thousands of timers due in one minute: the sweeper's calls of its ports, and where it continues after a
tick that was too short. Tests of the AWS adapters count the resulting AWS calls."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import DAY, FAR_LEAD, MINUTE, SECOND
from claimcheck.domain.ports import SHARDS
from claimcheck.service.batches import MAX_ENTRIES
from claimcheck.service.sweeper import PAGE, SPARE
from claimcheck.testing import MemoryJobStore, MemoryWakeUpQueue
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import WakeUp

TICK = 55 * SECOND


class Counted:
    """A port whose calls are counted, and take time."""

    def __init__(self, port: Any, calls: Counter[str], take_time: Callable[[str], None]) -> None:
        self._port = port
        self._calls = calls
        self._take_time = take_time

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._port, name)
        if not callable(operation):
            return operation

        def counted(*args: Any) -> Any:
            self._calls[name] += 1
            self._take_time(name)
            return operation(*args)

        return counted


class Batches(MemoryWakeUpQueue):
    """Records the sizes and delays of batches of wake-ups."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.batches: list[int] = []
        self.woken: Counter[str] = Counter()
        self.visible: dict[str, Millis] = {}

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        self.batches.append(len(wake_ups))
        for wake_up in wake_ups:
            self.woken[wake_up.job_id] += 1
            self.visible[wake_up.job_id] = self._clock.now() + wake_up.delay * SECOND
        return []


@cache
def timers(count: int) -> list[Job]:
    """Return `count` submitted jobs for tomorrow, all due within one minute."""
    world = World()
    run_at = world.clock.now() + DAY
    entries = [
        {"type": "echo", "input": {"text": "hello"}, "run_at": rfc3339(run_at + number * MINUTE // count)}
        for number in range(count)
    ]
    for first in range(0, count, MAX_ENTRIES):
        batch = {"jobs": entries[first : first + MAX_ENTRIES]}
        answer = world.request("POST", "/v1/jobs/batch", batch)
        assert {each["status"] for each in answer.json["jobs"]} == {202}
    return list(world.store.all_jobs())


class Crowd:
    """A world with these timers, in which a call takes a fixed time."""

    def __init__(self, count: int, cost: Millis = 0) -> None:
        self.calls: Counter[str] = Counter()
        # Its tokens must differ from those of the world that created the jobs.
        self.world = World(store=MemoryJobStore(), seed=1)
        self.run_at = self.world.clock.now() + DAY
        for job in timers(count):
            self.world.store.insert(job, None, None)
        self.queue = Batches(self.world.clock)

        def counted(port: Any) -> Any:
            return Counted(port, self.calls, lambda _: self.world.clock.advance(cost))

        self.world.rebuild(store=counted(self.world.store), queue=counted(self.queue))
        # All of them are within reach of a delayed wake-up.
        self.world.clock.advance_to(self.run_at + MINUTE - FAR_LEAD)

    def tick(self) -> int:
        """Sweep as long as the function may run. Returns the number of jobs woken."""
        clock = self.world.clock
        until = clock.now() + TICK
        woken = self.world.engine.sweeper.sweep(lambda: until - clock.now()).woken
        assert clock.now() <= until, "Lambda would have stopped it"
        clock.advance_to(until + 5 * SECOND)
        return woken


@pytest.mark.parametrize("count", [100, 2_400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_sweeps_calls_grow_linearly_with_the_due_rows(count: int) -> None:
    crowd = Crowd(count)

    assert crowd.tick() == count

    pages = count // PAGE + SHARDS
    assert SHARDS <= crowd.calls["due"] <= pages
    assert crowd.calls["read_many"] == crowd.calls["send_many"] <= pages
    assert crowd.calls["replace"] == count
    assert crowd.calls["waiting"] == (count > PAGE * SHARDS), "one round asks nothing of the queue"
    assert set(crowd.calls) - {"waiting"} == {"due", "read_many", "replace", "send_many"}
    assert sum(crowd.queue.batches) == count


def test_each_is_woken_once_and_never_early() -> None:
    crowd = Crowd(2_400)
    jobs = {job.job_id: job.run_at for job in crowd.world.store.all_jobs()}

    crowd.tick()

    assert set(crowd.queue.woken) == set(jobs)
    assert set(crowd.queue.woken.values()) == {1}
    # The worker waits for the fraction of a second, which SQS delays do not have.
    assert all(0 <= jobs[job_id] - at < SECOND for job_id, at in crowd.queue.visible.items())


def test_the_next_tick_continues_an_unfinished_one() -> None:
    """At 80 ms per call, one after the other, a tick moves about 600 rows."""
    crowd = Crowd(2_400, cost=80)

    woken: list[int] = []
    while sum(woken) < 2_400:
        woken.append(crowd.tick())
        assert woken[-1] > 0

    assert len(woken) == 4
    assert all(each > 500 for each in woken[:-1])
    assert set(crowd.queue.woken.values()) == {1}
    assert crowd.world.clock.now() < crowd.run_at, "in time, all the same"
    assert crowd.tick() == 0


def test_a_tick_that_has_no_time_left_begins_nothing() -> None:
    crowd = Crowd(100)

    swept = crowd.world.engine.sweeper.sweep(lambda: SPARE)

    assert (swept.moved, crowd.calls) == (0, Counter())


def test_a_thousand_schedules_of_one_minute_submit_in_time_and_continue_in_the_next_tick() -> None:
    world = World()
    body = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "x"}}
    for org in range(10):
        key = world.key(f"org-{org}")
        for number in range(100):
            assert world.request("PUT", f"/v1/schedules/s{number}", body, key=key).status == 201
    noon = world.clock.now() + 2 * 60 * MINUTE
    calls: Counter[str] = Counter()
    world.engine.slot_submitter._store = Counted(
        world.store.schedules, calls, lambda _: world.clock.advance(90)
    )
    world.clock.advance_to(noon - 88 * SECOND)

    def tick() -> int:
        until = world.clock.now() + TICK
        submitted = world.engine.sweeper.sweep(lambda: until - world.clock.now()).slots
        assert world.clock.now() <= until
        world.clock.advance_to(until + 5 * SECOND)
        return submitted

    submitted = [tick(), tick()]

    assert 500 < submitted[0] < 600, "calls of 90 ms for each"
    assert sum(submitted) == 1_000
    # Each is read once. It moves with the write of its job.
    assert calls == {"read": 1_000}
    assert {job.run_at for job in world.store.all_jobs()} == {noon}
