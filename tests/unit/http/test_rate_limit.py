"""The limit of requests per minute is never exceeded, is used almost fully, and costs few writes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.domain.errors import RateLimited, Unavailable
from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.domain.keys import ApiKey, Window
from claimcheck.http.admission import Caller, RateLimiter
from claimcheck.testing import FrozenClock, MemoryKeyStore
from tests.kit.described import Failing, WatchedWorld, error_of

HELLO = {"type": "echo", "input": {"text": "hello"}}


class CountingKeys(MemoryKeyStore):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[int] = []

    def take(self, key_hash: str, window: Window, amount: int, limit: int) -> int | None:
        self.taken.append(amount)
        return super().take(key_hash, window, amount, limit)


def caller(limit: int, name: str = "k") -> Caller:
    return Caller(ApiKey(org="acme", limit=limit), name)


def passes(limiter: RateLimiter, who: Caller) -> bool:
    try:
        limiter.spend(who)
    except RateLimited:
        return False
    return True


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 120, 600])
def test_one_environment_lets_exactly_the_limit_through(limit: int) -> None:
    limiter = RateLimiter(MemoryKeyStore(), FrozenClock())

    assert sum(passes(limiter, caller(limit)) for _ in range(limit * 2)) == limit


@given(
    limit=st.integers(1, 200),
    environments=st.integers(1, 40),
    turns=st.lists(st.integers(0, 39), max_size=400),
)
def test_several_environments_never_pass_the_limit_and_refuse_nothing_below_80_percent(
    limit: int, environments: int, turns: list[int]
) -> None:
    keys, clock = MemoryKeyStore(), FrozenClock()
    limiters = [RateLimiter(keys, clock) for _ in range(environments)]
    served = 0
    for turn in turns:
        if passes(limiters[turn % environments], caller(limit)):
            served += 1
        else:
            assert served >= 0.8 * limit

    assert served <= limit


def test_an_environment_takes_as_many_as_it_has_served_up_to_40_percent_of_the_limit() -> None:
    keys = CountingKeys()
    limiter = RateLimiter(keys, FrozenClock())
    for _ in range(120):
        limiter.spend(caller(120))

    # 1 + 1 + 2 + 4 + 8 + 16 = 32, and as many again would be more than 48.
    assert keys.taken[:6] == [1, 1, 2, 4, 8, 16]
    assert set(keys.taken[6:]) == {1}
    assert sum(keys.taken) == 120


def test_the_bound_on_what_is_taken_ahead_holds_in_the_store_itself() -> None:
    keys, clock = CountingKeys(), FrozenClock()
    late, busy = RateLimiter(keys, clock), RateLimiter(keys, clock)
    for _ in range(8):
        late.spend(caller(120))
    for _ in range(40):
        busy.spend(caller(120))
    keys.taken.clear()
    late.spend(caller(120))

    # It reserves eight, which no longer fit, then one.
    assert keys.taken == [8, 1]


def test_thirty_polls_of_a_minute_cost_few_writes() -> None:
    keys = CountingKeys()
    world = WatchedWorld(keys=keys)
    key = world.key("acme", limit=120)
    job_id = world.submit()
    keys.taken.clear()
    for _ in range(30):
        world.request("GET", f"/v1/jobs/{job_id}", key=key)

    assert len(keys.taken) <= 0.35 * 30


def test_requests_beyond_the_limit_cost_no_writes() -> None:
    keys = CountingKeys()
    limiter = RateLimiter(keys, FrozenClock())
    while passes(limiter, caller(10)):
        pass
    keys.taken.clear()

    assert not any(passes(limiter, caller(10)) for _ in range(100))
    assert keys.taken == []


def test_a_key_has_120_requests_a_minute_unless_it_says_otherwise() -> None:
    world = WatchedWorld()
    key = world.key("acme")
    statuses = [world.request("GET", "/v1/jobs", key=key).status for _ in range(121)]

    assert statuses == [200] * 120 + [429]


def test_every_answer_shows_what_is_left() -> None:
    world = WatchedWorld()
    world.clock.advance(18 * SECOND)
    key = world.key("acme", limit=3)
    headers = [world.request("GET", "/v1/jobs", key=key).headers for _ in range(4)]

    assert [each["RateLimit"] for each in headers] == [f'"minute";r={left};t=42' for left in (2, 1, 0, 0)]
    assert {each["RateLimit-Policy"] for each in headers} == {'"minute";q=3;w=60'}


def test_the_remaining_requests_only_fall() -> None:
    limiter = RateLimiter(MemoryKeyStore(), FrozenClock())
    left = [limiter.spend(caller(120)).remaining for _ in range(120)]

    assert left == list(range(119, -1, -1))


def test_a_request_over_the_limit_gets_the_time_to_retry() -> None:
    world = WatchedWorld()
    world.clock.advance(18 * SECOND + 1)
    key = world.key("acme", limit=1)
    world.request("GET", "/v1/jobs", key=key)
    refused = world.request("POST", "/v1/jobs", HELLO, key=key)

    assert error_of(refused) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == "42"
    assert "limited to 1 requests a minute" in refused.json["detail"]
    assert world.store.all_jobs() == []


def test_a_new_minute_is_a_new_window() -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=1)

    def ask() -> int:
        return world.request("GET", "/v1/jobs", key=key).status

    assert (ask(), ask()) == (200, 429)
    world.clock.advance(MINUTE - 1)
    assert ask() == 429
    world.clock.advance(1)
    assert (ask(), ask()) == (200, 429)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/jobs/019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a", None, 404),
        ("GET", "/v1/jobs/no-uuid", None, 400),
        ("POST", "/v1/jobs", {}, 422),
        ("GET", "/v1/jobs", None, 200),
    ],
)
def test_every_authenticated_request_counts(method: str, path: str, body: Any, status: int) -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=1)

    assert world.request(method, path, body, key=key).status == status
    assert world.request("GET", "/v1/jobs", key=key).status == 429


def test_a_request_without_key_counts_for_no_org() -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=1)
    for path in ("/health", "/nowhere"):
        world.request("GET", path, key=key)

    assert world.request("GET", "/v1/jobs", key=key).status == 200


def test_each_key_has_a_limit_of_its_own() -> None:
    world = WatchedWorld()
    first, second = world.key("acme", limit=1), world.key("acme", limit=1)

    assert world.request("GET", "/v1/jobs", key=first).status == 200
    assert world.request("GET", "/v1/jobs", key=second).status == 200
    assert world.request("GET", "/v1/jobs", key=first).status == 429


def test_a_store_that_does_not_count_lets_requests_through() -> None:
    world = WatchedWorld(keys=Failing(MemoryKeyStore(), "take", Unavailable()))
    key = world.key("acme", limit=1)
    statuses = [world.request("GET", "/v1/jobs", key=key).status for _ in range(3)]

    assert statuses == [200] * 3
