"""A submission repeated with its Idempotency-Key is one job."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.errors import OutcomeUnknown
from claimcheck.domain.job import DAY, HOUR, SECOND, Reservation
from claimcheck.domain.outcome import Fail
from claimcheck.testing import MemoryJobStore
from tests.kit.described import WatchedWorld, error_of
from tests.kit.world import Answer, World

if TYPE_CHECKING:
    from collections.abc import Callable

HELLO = {"type": "echo", "input": {"text": "hello", "times": 1}, "metadata": {"a": "b"}}


def submit(world: World, body: Any = HELLO, key: str | None = "k", **more: Any) -> Answer:
    headers = {} if key is None else {"idempotency_key": key}
    return world.request("POST", "/v1/jobs", body, **headers, **more)


def assert_replayed(first: Answer, again: Answer) -> None:
    assert (first.status, again.status) == (202, 202)
    assert again.text == first.text
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    for header in ("Location", "Retry-After"):
        assert again.headers[header] == first.headers[header]


def cancel(world: World) -> None:
    [job] = world.store.all_jobs()
    world.request("POST", f"/v1/jobs/{job.job_id}/cancel")


def end_as_overdue(world: World) -> None:
    world.clock.advance(2 * HOUR)
    world.sweep()


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world: None,
        lambda world: world.clock.advance(5 * SECOND),
        lambda world: world.work(),
        cancel,
        end_as_overdue,
    ],
    ids=["at once", "a little later", "completed", "cancelled", "overdue"],
)
def test_the_same_request_gets_the_same_202_in_every_status_of_the_job(
    meanwhile: Callable[[World], None],
) -> None:
    world = WatchedWorld()
    first = submit(world)
    meanwhile(world)
    again = submit(world)

    assert_replayed(first, again)
    assert len(world.store.all_jobs()) == 1


def test_the_same_request_after_the_job_has_expired_is_answered_so_for_the_rest_of_a_day() -> None:
    world = WatchedWorld()
    submit(world)
    world.advance(DAY - 1)

    assert error_of(submit(world)) == (409, "job_expired")
    assert error_of(submit(world, HELLO | {"metadata": {"other": "one"}})) == (422, "idempotency_key_reused")
    world.advance(1)
    assert submit(world).status == 202


def test_a_replay_after_a_failure_is_the_202_too() -> None:
    world = WatchedWorld({"echo": lambda given, job: Fail("broken", "It broke.")})
    first = submit(world)
    world.work()

    assert_replayed(first, submit(world))


def test_a_replay_is_known_before_the_clock_is_asked() -> None:
    world = WatchedWorld()
    times = {"run_at": "2026-06-21T10:30:00Z", "deadline": "2026-06-21T11:00:00Z"}
    body: Any = HELLO | times | {"retention_seconds": 2 * DAY // SECOND}
    first = submit(world, body)
    world.advance(DAY - 1)

    assert_replayed(first, submit(world, body))
    assert error_of(submit(world, body, key="other")) == (422, "invalid_fields")


def test_a_replay_is_known_before_the_job_type_is_asked() -> None:
    first_deploy = WatchedWorld()
    first = submit(first_deploy)
    next_deploy = World({}, [], store=first_deploy.store, keys=first_deploy.keys)

    assert_replayed(first, submit(next_deploy, authorization=f"Bearer {first_deploy.acme}"))


def test_the_order_and_the_spacing_of_a_body_make_no_other_request() -> None:
    world = WatchedWorld()
    first = submit(world)
    turned = {name: HELLO[name] for name in reversed(HELLO)} | {"input": {"times": 1, "text": "hello"}}

    assert_replayed(first, submit(world, json.dumps(turned, indent=4).encode()))


@pytest.mark.parametrize(
    "change",
    [
        {"input": {"text": "other", "times": 1}},
        {"input": {"text": "hello"}},
        {"metadata": {}},
        {"run_at": "2026-06-21T10:30:00Z"},
        {"retention_seconds": 60},
        {"type": "unknown"},
        {"input": {}},
    ],
)
def test_another_request_with_the_same_key_is_refused(change: dict[str, Any]) -> None:
    world = WatchedWorld()
    submit(world)
    other = submit(world, HELLO | change)

    assert error_of(other) == (422, "idempotency_key_reused")
    assert len(world.store.all_jobs()) == 1


@pytest.mark.parametrize("body", [[], None, "x", {}])
def test_a_body_of_another_shape_is_another_request(body: Any) -> None:
    world = WatchedWorld()
    submit(world)

    assert error_of(submit(world, json.dumps(body).encode())) == (422, "idempotency_key_reused")


def test_the_same_key_of_two_orgs_never_meets() -> None:
    world = WatchedWorld()
    globex = world.key("globex")
    ours = submit(world)
    theirs = submit(world, HELLO | {"metadata": {}}, authorization=f"Bearer {globex}")

    assert theirs.status == 202
    assert theirs.json["job_id"] != ours.json["job_id"]
    assert_replayed(ours, submit(world))


def test_two_keys_of_one_org_share_their_idempotency_keys() -> None:
    world = WatchedWorld()
    other = world.key("acme")

    assert_replayed(submit(world), submit(world, authorization=f"Bearer {other}"))


def test_without_a_key_each_request_is_a_job() -> None:
    world = WatchedWorld()
    first, second = submit(world, key=None), submit(world, key=None)

    assert first.json["job_id"] != second.json["job_id"]


@pytest.mark.parametrize(
    ("changes", "life"),
    [
        ({}, DAY),
        ({"retention_seconds": 30 * 86_400}, HOUR + 30 * DAY),
        ({"deadline": "2026-07-01T10:00:00Z"}, 10 * DAY + 7200 * SECOND),
    ],
)
def test_a_key_past_its_life_counts_as_absent(changes: dict[str, Any], life: int) -> None:
    world = WatchedWorld()
    first = submit(world, HELLO | changes)
    world.clock.advance(life - 1)
    before = submit(world, HELLO | changes)
    world.clock.advance(1)
    after = submit(world)

    assert_replayed(first, before)
    assert after.status == 202
    assert after.json["job_id"] != first.json["job_id"]
    assert "Idempotent-Replayed" not in after.headers


def test_a_refused_submission_does_not_use_up_its_key() -> None:
    world = WatchedWorld()
    refused = submit(world, {"type": "echo", "input": {}})
    accepted = submit(world)

    assert (refused.status, accepted.status) == (422, 202)


@pytest.mark.parametrize("attempt", range(5))
def test_concurrent_submissions_with_one_key_make_one_job(attempt: int) -> None:
    world = World(seed=attempt)
    together = Barrier(16)

    def submit_together(_: int) -> Answer:
        together.wait()
        return submit(world)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(submit_together, range(16)))

    assert {answer.status for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(world.store.all_jobs()) == 1
    assert len(world.queue) == 1


class LateStore(MemoryJobStore):
    """Does not see a reservation that is being written."""

    def reservation(self, org: str, key_hash: str) -> Reservation | None:
        return None


def test_a_submission_that_loses_a_race_for_its_key_is_a_replay() -> None:
    world = WatchedWorld(store=LateStore())
    first = submit(world)

    assert_replayed(first, submit(world))
    assert error_of(submit(world, HELLO | {"metadata": {}})) == (422, "idempotency_key_reused")


class AmbiguousStore(MemoryJobStore):
    """Stores a job, and fails as if the outcome were unknown."""

    def insert(self, *job: Any) -> None:
        super().insert(*job)
        raise OutcomeUnknown


def test_the_same_key_settles_an_unknown_outcome() -> None:
    world = WatchedWorld(store=AmbiguousStore())
    unknown = submit(world)
    settled = submit(world)

    assert error_of(unknown) == (503, "outcome_unknown")
    assert "Idempotency-Key" in unknown.json["detail"]
    assert settled.status == 202
    assert settled.headers["Idempotent-Replayed"] == "true"
    assert len(world.store.all_jobs()) == 1
