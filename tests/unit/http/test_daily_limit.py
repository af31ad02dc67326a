"""A key's jobs of a day are never more than its daily limit, and a key without one costs nothing."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.job import DAY, HOUR
from claimcheck.domain.keys import ApiKey, Window
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryJobStore, MemoryKeyStore
from tests.kit.described import Failing, WatchedWorld, error_of
from tests.kit.world import job_type

HELLO = {"type": "echo", "input": {"text": "hello"}}


class WatchedKeys(MemoryKeyStore):
    def __init__(self) -> None:
        super().__init__()
        self.days: list[int] = []

    def take(self, key_hash: str, window: Window, amount: int, limit: int) -> int | None:
        if window.length == DAY:
            self.days.append(amount)
        return super().take(key_hash, window, amount, limit)


def statuses(world: WatchedWorld, key: str, count: int, **body: Any) -> list[int]:
    return [world.request("POST", "/v1/jobs", HELLO | body, key=key).status for _ in range(count)]


def test_a_day_has_at_most_the_jobs_of_the_limit_and_the_next_one_begins_anew() -> None:
    world = WatchedWorld()
    world.clock.advance(12 * HOUR)  # it begins at 10:00
    key = world.key("acme", daily=3)

    assert statuses(world, key, 4) == [202, 202, 202, 429]
    refused = world.request("POST", "/v1/jobs", HELLO, key=key)
    assert error_of(refused) == (429, "daily_limit_reached")
    assert refused.headers["Retry-After"] == str(2 * 3600)
    assert "limited to 3 jobs a day" in refused.json["detail"]
    assert "in 7200 seconds" in refused.json["detail"]
    assert len(world.store.all_jobs()) == 3
    world.clock.advance(2 * HOUR - 1)
    assert statuses(world, key, 1) == [429]
    world.clock.advance(1)
    assert statuses(world, key, 1) == [202]


def test_several_environments_share_the_day() -> None:
    keys = MemoryKeyStore()
    worlds = [WatchedWorld(keys=keys) for _ in range(3)]
    key = worlds[0].key("acme", daily=10)

    accepted = [statuses(world, key, 1) for _ in range(8) for world in worlds]

    assert accepted.count([202]) == 10


def test_reads_and_cancels_are_not_jobs() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=1)
    statuses(world, key, 1)
    [job] = world.store.all_jobs()

    assert world.request("GET", f"/v1/jobs/{job.job_id}", key=key).status == 200
    assert world.request("POST", f"/v1/jobs/{job.job_id}/cancel", key=key).status == 202


@pytest.mark.parametrize(
    "body", [{"type": "none"}, {"input": {"text": 7}}, {"input": {"text": "dear"}}], ids=str
)
def test_a_refused_submission_is_not_counted(body: dict[str, Any]) -> None:
    world = WatchedWorld(job_types=[job_type(price=lambda given: 9 if given.text == "dear" else 0)])
    key = world.key("acme", daily=1)

    refused = statuses(world, key, 3, **body)

    assert set(refused) <= {402, 422}
    assert statuses(world, key, 2) == [202, 429]


def test_a_replay_is_not_counted_and_is_answered_beyond_the_limit() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=2)

    def submit(name: str) -> int:
        return world.request("POST", "/v1/jobs", HELLO, key=key, idempotency_key=name).status

    assert [submit(name) for name in ("a", "a", "b", "c", "b")] == [202, 202, 202, 429, 202]


def test_a_run_of_a_schedule_is_counted_and_its_replay_is_not() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=2)
    world.request("PUT", "/v1/schedules/s", HELLO | {"rate": "1 day", "paused": True}, key=key)

    def run(name: str) -> int:
        return world.request("POST", "/v1/schedules/s/run", key=key, idempotency_key=name).status

    assert [run(name) for name in ("a", "a", "b", "c", "a")] == [202, 202, 202, 429, 202]


def test_a_batch_is_accepted_up_to_the_limit_and_its_replays_are_not_counted() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=5)

    def submit(count: int, name: str) -> list[int]:
        body = {"jobs": [HELLO] * count}
        answer = world.request("POST", "/v1/jobs/batch", body, key=key, idempotency_key=name)
        return [each["status"] for each in answer.json["jobs"]]

    assert submit(4, "a") == [202] * 4
    assert submit(4, "a") == [202] * 4
    assert submit(3, "b") == [202, 429, 429]
    assert submit(3, "b") == [202, 429, 429]
    world.clock.advance(14 * HOUR)  # to the next day
    assert submit(3, "b") == [202] * 3
    assert submit(4, "c") == [202] * 3 + [429]
    assert len(world.store.all_jobs()) == 10


def in_batch(world: WatchedWorld, key: str, *jobs: dict[str, Any]) -> list[int]:
    answer = world.request("POST", "/v1/jobs/batch", {"jobs": jobs}, key=key)
    return [each["status"] for each in answer.json["jobs"]]


@pytest.mark.parametrize(
    "wrong", [{"type": "none"}, {"input": {"text": 7}}, {"input": {"text": "dear"}}], ids=str
)
def test_refused_entries_of_a_batch_are_not_counted(wrong: dict[str, Any]) -> None:
    world = WatchedWorld(job_types=[job_type(price=lambda given: 9 if given.text == "dear" else 0)])
    key = world.key("acme", limit=1000, daily=2)

    for _ in range(10):
        assert 202 not in in_batch(world, key, *[HELLO | wrong] * 9)

    assert statuses(world, key, 3) == [202, 202, 429]


def test_a_refused_entry_takes_no_other_entry_s_place() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=1)

    assert in_batch(world, key, HELLO | {"type": "none"}, HELLO, HELLO) == [422, 202, 429]


@pytest.mark.parametrize("batch", [False, True])
def test_a_job_that_was_there_already_is_not_counted(batch: bool) -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=2)
    same = HELLO | {"unique_key": "u", "on_duplicate": "existing"}

    for _ in range(4):
        found = in_batch(world, key, same) if batch else statuses(world, key, 1, **same)
        assert found in ([202], [200])

    assert len(world.store.all_jobs()) == 1
    assert statuses(world, key, 2) == [202, 429]


def test_the_input_of_an_entry_beyond_the_limit_is_not_kept() -> None:
    world = WatchedWorld()
    key = world.key("acme", daily=1)
    large = HELLO | {"input": {"text": "x" * (INLINE_LIMIT + 1)}}

    assert in_batch(world, key, large, large, large) == [202, 429, 429]
    assert len(world.objects.keys()) == 1


def test_a_submission_that_may_have_been_accepted_is_counted() -> None:
    world = WatchedWorld(store=Failing(MemoryJobStore(), "insert", OutcomeUnknown()))
    key = world.key("acme", daily=1)

    assert statuses(world, key, 2) == [503, 429]


def test_a_count_that_is_unavailable_lets_jobs_through() -> None:
    world = WatchedWorld(keys=Failing(MemoryKeyStore(), "take", Unavailable()))
    key = world.key("acme", daily=1)

    assert statuses(world, key, 3) == [202] * 3


def test_a_key_without_a_daily_limit_is_not_counted() -> None:
    keys = WatchedKeys()
    world = WatchedWorld(keys=keys)
    statuses(world, world.key("acme"), 5)

    assert keys.days == []


def test_a_busy_environment_counts_many_jobs_in_one_write() -> None:
    keys = WatchedKeys()
    world = WatchedWorld(keys=keys)
    statuses(world, world.key("acme", limit=1000, daily=1000), 100)

    assert keys.days == [1, 1, 2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize("daily", [0, -1])
def test_a_daily_limit_is_at_least_one_job(daily: int) -> None:
    with pytest.raises(ValueError, match="at least 1 job a day"):
        ApiKey(org="acme", daily=daily)
