"""While a job with a `unique_key` has not ended, its org gets no other one with this key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.job import CANCELLED, MINUTE
from claimcheck.domain.outcome import Fail
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from tests.kit.world import Answer

KEY = "report of customer 6735"
LONG = "long" * 2000


def ask(world: World, text: str = "hello", key: str | None = None, **body: Any) -> Answer:
    asked = {"type": "echo", "input": {"text": text}, "unique_key": KEY} | body
    return world.request("POST", "/v1/jobs", asked, **({"idempotency_key": key} if key else {}))


@pytest.mark.parametrize("started", [False, True])
def test_a_second_submission_is_rejected_with_the_first_ones_id(started: bool) -> None:
    world = World()
    first = ask(world)
    if started:
        job = world.job(first.json["job_id"])
        world.store.replace(job, job.claimed(world.clock.now(), "t", MINUTE).evolve(written_by="t"))

    second = ask(world)

    assert (first.status, second.status, second.json["code"]) == (202, 409, "duplicate_job")
    assert second.json["job_id"] == first.json["job_id"]
    assert len(world.store.all_jobs()) == 1


def test_the_job_shows_its_key() -> None:
    world = World()

    job_id = ask(world).json["job_id"]

    assert world.request("GET", f"/v1/jobs/{job_id}").json["unique_key"] == KEY


@pytest.mark.parametrize("end", ["completed", "failed", "cancelled", "overdue"])
def test_the_key_is_free_after_the_end_by_any_actor(end: str) -> None:
    world = World(
        {"echo": (lambda given, job: Fail("no", "No.")) if end == "failed" else World().handlers["echo"]}
    )
    job_id = ask(world).json["job_id"]
    if end == "cancelled":
        world.request("POST", f"/v1/jobs/{job_id}/cancel")
    elif end == "overdue":
        while world.queue.receive() is not None:
            pass
        world.advance(65 * MINUTE)
    else:
        world.work()

    assert world.job(job_id).ended_at is not None
    assert ask(world).status == 202


def test_two_orgs_and_two_keys_are_apart() -> None:
    world = World()
    ask(world)

    other = world.request(
        "POST",
        "/v1/jobs",
        {"type": "echo", "input": {"text": "x"}, "unique_key": KEY},
        key=world.key("umbrella"),
    )

    assert (other.status, ask(world, unique_key=f"{KEY}!").status) == (202, 202)


def test_the_existing_job_is_the_answer_if_asked_for_and_its_replay_says_the_same() -> None:
    world = World()
    first = ask(world)

    found = ask(world, text="other", key="k", on_duplicate="existing")
    world.work()
    replay = ask(world, text="other", key="k", on_duplicate="existing")

    assert (found.status, found.json["job_id"]) == (200, first.json["job_id"])
    assert found.headers["Location"] == first.headers["Location"]
    assert (found.json["status"], found.json["poll_url"]) == ("pending", first.json["poll_url"])
    assert (replay.status, replay.json) == (200, found.json)
    assert replay.headers["Idempotent-Replayed"] == "true"


def test_an_existing_job_that_runs_is_shown_as_processing() -> None:
    world = World()
    job = world.job(ask(world).json["job_id"])
    claimed = job.claimed(world.clock.now(), "t", MINUTE).evolve(state='"secret"', written_by="t")
    world.store.replace(job, claimed)

    found = ask(world, on_duplicate="existing", key="k")

    assert (found.json["status"], found.json["attempt"]) == ("processing", 1)
    [reservation] = world.store._reservations.values()
    assert (reservation.accepted.input, reservation.accepted.state) == (None, None)


def test_a_replay_of_the_first_submission_is_recognised_before_its_own_key() -> None:
    world = World()
    first = ask(world, key="k")

    again = ask(world, key="k")

    assert (again.status, again.json) == (202, first.json)


def test_a_duplicate_costs_nothing_and_leaves_nothing() -> None:
    world = World(job_types=[job_type(price=lambda given: 7)])
    world.engine.credits.add_credits("acme", 7, world.clock.now(), "funds")
    ask(world)

    second = ask(world, text=LONG)

    assert second.json["code"] == "duplicate_job"
    assert world.objects.keys() == []


@pytest.mark.parametrize("gone", [False, True])
def test_a_key_of_a_job_that_has_ended_or_is_gone_is_taken_over(gone: bool) -> None:
    world = World()
    first = ask(world).json["job_id"]
    # As code would end it that does not know unique keys, and as an operator would delete it.
    world.store._jobs[first] = world.job(first).ended(world.clock.now(), error=CANCELLED)
    if gone:
        del world.store._jobs[first]

    second = ask(world)

    assert second.status == 202
    assert ask(world).json["job_id"] == second.json["job_id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\nb"])
def test_a_key_has_1_to_255_printable_characters(key: str) -> None:
    answer = ask(World(), unique_key=key)

    assert answer.json["errors"] == [
        {"pointer": "/unique_key", "message": "must have 1 to 255 printable ASCII characters"}
    ]


def test_to_ask_for_the_existing_job_needs_a_key() -> None:
    answer = ask(World(), unique_key=None, on_duplicate="existing")

    assert [each["pointer"] for each in answer.json["errors"]] == ["/on_duplicate"]


def test_any_contract_takes_the_key_in_a_header_and_rejects_duplicates() -> None:
    world = World()
    body = {"type": "echo", "input": {"text": "hello"}}

    def send(key: str, **headers: str) -> Answer:
        return world.request("POST", "/v1/jobs", body, claimcheck_unique_key=key, **headers)

    first = send(KEY, idempotency_key="k")

    assert first.json["unique_key"] == KEY
    assert send(KEY).json["code"] == "duplicate_job"
    assert send(KEY, idempotency_key="k").json == first.json
    assert send("other", idempotency_key="k").json["code"] == "idempotency_key_reused"
    assert "Claimcheck-Unique-Key" in send("").json["errors"][0]["message"]
    twice = world.request("POST", "/v1/jobs", body | {"unique_key": KEY}, claimcheck_unique_key=KEY)
    assert [each["pointer"] for each in twice.json["errors"]] == ["/unique_key"]


@pytest.mark.parametrize("price", [0, 7])
def test_each_entry_of_a_batch_has_its_own_key_and_answer(price: int) -> None:
    world = World(job_types=[job_type(price=lambda given: price)])
    world.engine.credits.add_credits("acme", 100, world.clock.now(), "funds")
    entry = {"type": "echo", "input": {"text": "hello"}}
    twice = entry | {"unique_key": KEY}

    answer = world.request(
        "POST", "/v1/jobs/batch", {"jobs": [twice, entry, twice, twice | {"on_duplicate": "existing"}]}
    )

    first, plain, rejected, existing = answer.json["jobs"]
    assert [each["status"] for each in (first, plain, rejected, existing)] == [202, 202, 409, 200]
    assert rejected["error"]["code"] == "duplicate_job"
    assert existing["job"]["job_id"] == rejected["error"]["job_id"] == first["job"]["job_id"]
    assert world.engine.credits.credits("acme") == 100 - 2 * price
