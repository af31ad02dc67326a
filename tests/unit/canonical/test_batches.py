"""Batches: each entry is a submission of its own, and many jobs are polled by their ids in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.service.batches import STARTS
from claimcheck.testing import MemoryJobStore, MemoryWakeUpQueue
from tests.kit.described import WatchedWorld
from tests.kit.world import Answer, Killed, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.domain.job import Reservation
    from claimcheck.domain.ports import NewJob, WakeUp

PRICE = 10
UNKNOWN = "00000000-0000-7000-8000-000000000001"


def echo(text: str = "hello", **more: Any) -> dict[str, Any]:
    return {"type": "echo", "input": {"text": text}} | more


def batch(world: World, *jobs: Any, **more: Any) -> list[dict[str, Any]]:
    answer = world.request("POST", "/v1/jobs/batch", {"jobs": jobs}, **more)
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.json["jobs"]
    return found


def statuses(world: World, *jobs: Any, **more: Any) -> list[int]:
    return [each["status"] for each in batch(world, *jobs, **more)]


def fields_of(answer: Answer) -> dict[str, str]:
    errors = answer.json["errors"]
    return {each.get("pointer", each.get("parameter")): each["message"] for each in errors}


def ids(entries: Sequence[dict[str, Any]]) -> list[str]:
    return [each["job"]["job_id"] for each in entries if "job" in each]


def priced(credits: int, store: MemoryJobStore | None = None) -> WatchedWorld:
    def price(given: Words) -> int:
        return PRICE * given.times

    world = WatchedWorld(job_types=[job_type(price=price)], store=store or MemoryJobStore())
    world.engine.credits.add_credits("acme", credits, 0, "funds")
    return world


def charged(world: World) -> int:
    """Return what the ledger has in charges, which must be what is missing from the credits."""
    movements = world.engine.credits.ledger("acme", 500).entries
    assert world.engine.credits.credits("acme") == sum(each.amount for each in movements)
    return -sum(each.amount for each in movements if each.reason == "charged")


def test_wrong_entries_do_not_keep_right_ones_from_being_accepted() -> None:
    world = WatchedWorld()
    wrong = (
        {"type": "nope", "input": {}},
        {"type": "echo"},
        7,
        echo(run_at="soon"),
        {"type": "echo", "input": {"text": 3}},
    )

    found = batch(world, echo("first"), *wrong, echo("last"))
    world.work()

    assert [each["status"] for each in found] == [202, 422, 422, 422, 422, 422, 202]
    assert [each["error"]["errors"][0]["pointer"] for each in found[1:6]] == [
        "/type",
        "/input",
        "",
        "/run_at",
        "/input/text",
    ]
    answer = world.request("GET", "/v1/jobs", query=f"ids={','.join(ids(found))}")
    assert [job["result"]["text"] for job in answer.json["jobs"]] == ["first", "last"]


def test_a_hundred_jobs_run() -> None:
    world = WatchedWorld()

    found = batch(world, *(echo(str(number)) for number in range(100)))
    world.work()

    answer = world.request("GET", "/v1/jobs", query=f"ids={','.join(ids(found))}")
    assert [job["result"]["text"] for job in answer.json["jobs"]] == [str(n) for n in range(100)]


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({"jobs": []}, "/jobs", "must have at least 1 item"),
        ({"jobs": [echo()] * 101}, "/jobs", "must have at most 100 items"),
        ({"jobs": "many"}, "/jobs", "must be an array"),
        ({}, "/jobs", "is required"),
        ({"jobs": [echo()], "job": 1}, "/job", "is not a known field"),
        ([echo()], "", "must be an object"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_whole(body: Any, pointer: str, message: str) -> None:
    answer = WatchedWorld().request("POST", "/v1/jobs/batch", body)

    assert (answer.status, fields_of(answer)) == (422, {pointer: message})


def test_a_repeat_with_its_key_submits_only_what_was_not_accepted() -> None:
    world = priced(credits=3 * PRICE)
    jobs = [echo(str(number)) for number in range(5)]

    first = batch(world, *jobs, idempotency_key="night")
    world.engine.credits.add_credits("acme", 3 * PRICE, 1, "more")
    second = batch(world, *jobs, idempotency_key="night")

    assert [each["status"] for each in first] == [202, 202, 202, 402, 402]
    assert [each["status"] for each in second] == [202] * 5
    assert ids(second)[:3] == ids(first)
    assert charged(world) == 5 * PRICE


def test_a_key_that_was_used_for_another_entry_refuses_that_entry() -> None:
    world = WatchedWorld()
    [first] = batch(world, echo("a"), idempotency_key="k")

    found = batch(world, echo("b"), echo("c"), idempotency_key="k")

    assert found[0]["error"]["code"] == "idempotency_key_reused"
    assert found[1]["status"] == 202
    assert batch(world, echo("a"), idempotency_key="k") == [first]


def test_an_entry_s_key_is_no_caller_s_key() -> None:
    world = WatchedWorld()
    [entry] = batch(world, echo("a"), idempotency_key="k")

    alone = world.request("POST", "/v1/jobs", echo("a"), idempotency_key="k").json

    assert alone["job_id"] != entry["job"]["job_id"]


@pytest.mark.parametrize("size", [1, 23, 24, 25, 100])
def test_a_charged_batch_takes_its_whole_price_once(size: int) -> None:
    world = priced(credits=1000 * PRICE)

    assert statuses(world, *[echo()] * size, idempotency_key="k") == [202] * size
    assert statuses(world, *[echo()] * size, idempotency_key="k") == [202] * size
    assert charged(world) == size * PRICE


def test_credits_that_do_not_suffice_for_all_go_to_the_first_that_they_suffice_for() -> None:
    world = priced(credits=4 * PRICE)
    jobs = [echo(input={"text": "a", "times": times}) for times in (1, 2, 3, 1, 1)]

    found = batch(world, *jobs)

    assert [each["status"] for each in found] == [202, 202, 402, 202, 402]
    assert (found[2]["error"]["needed"], found[2]["error"]["left"]) == (3 * PRICE, PRICE)
    assert charged(world) == 4 * PRICE


def test_credits_for_some_of_many_go_to_the_first() -> None:
    world = priced(credits=40 * PRICE)

    assert statuses(world, *[echo()] * 100) == [202] * 40 + [402] * 60


def test_charged_entries_with_unique_keys_are_stored_in_their_order() -> None:
    world = priced(credits=5 * PRICE)
    [first] = ids(batch(world, echo(unique_key="taken")))
    keys = [None, "a", "a", None, "taken", "b", "c"]

    found = batch(world, *(echo() if key is None else echo(unique_key=key) for key in keys))

    assert [each["status"] for each in found] == [202, 202, 409, 202, 409, 202, 402]
    assert [found[place]["error"]["job_id"] for place in (2, 4)] == [found[1]["job"]["job_id"], first]
    assert charged(world) == 5 * PRICE


class Doubtful(MemoryJobStore):
    """Its writes of many work, and no answer arrives. Then it is down for a while."""

    down = False

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        super().insert_many(jobs)
        self.down = True
        raise OutcomeUnknown

    def insert(self, *job: Any, **beside: Any) -> None:
        if self.down:
            raise Unavailable
        super().insert(*job, **beside)


def test_a_charged_batch_whose_answer_was_lost_keeps_its_inputs_and_is_found_by_its_repeat() -> None:
    store = Doubtful()
    world = priced(credits=1000, store=store)
    large = [echo("long" * 2000)] * 3

    lost = batch(world, *large, idempotency_key="night")
    store.down = False
    found = batch(world, *large, idempotency_key="night")
    world.advance(MINUTE)

    assert [each["error"]["code"] for each in lost] == ["outcome_unknown"] * 3
    assert [each["status"] for each in found] == [202] * 3
    assert charged(world) == 3 * PRICE
    assert {world.job(job_id).status for job_id in ids(found)} == {"completed"}


class Slow(MemoryJobStore):
    """Every write takes a while on the world's clock, and some fail."""

    world: World
    takes = SECOND
    broken = False

    def insert(self, *new: Any) -> None:
        self.world.clock.advance(self.takes)
        if self.broken:
            raise Unavailable
        super().insert(*new)

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        self.world.clock.advance(self.takes)
        super().insert_many(jobs)
        raise OutcomeUnknown


def test_what_cannot_be_started_in_time_is_refused_and_can_be_repeated() -> None:
    store = Slow()
    store.world = world = WatchedWorld(store=store)
    began = world.clock.now()

    found = batch(world, *[echo()] * 20, idempotency_key="k")
    took = world.clock.now() - began
    store.takes = 0
    again = batch(world, *[echo()] * 20, idempotency_key="k")

    assert took <= STARTS + SECOND
    assert [each["status"] for each in found] == [202] * 11 + [503] * 9
    assert found[-1]["error"]["code"] == "unavailable"
    assert ids(again)[:11] == ids(found)
    assert len(set(ids(again))) == 20


def test_an_entry_that_may_be_stored_says_so_if_no_time_is_left() -> None:
    store = Slow()
    world = priced(credits=1000, store=store)
    store.world, store.takes = world, STARTS + SECOND

    [found] = batch(world, echo())

    assert (found["status"], found["error"]["code"]) == (503, "outcome_unknown")


def test_a_store_that_fails_for_all_is_said_for_each() -> None:
    store = Slow()
    store.world = world = WatchedWorld(store=store)
    store.takes, store.broken = 0, True

    assert statuses(world, echo(), echo()) == [503, 503]


class Thoughtful(MemoryJobStore):
    """Every look takes a while on the world's clock, as does one at an entry with many uploads."""

    world: World

    def reservation(self, org: str, key_hash: str) -> Reservation | None:
        found = super().reservation(org, key_hash)
        if found is None:
            self.world.clock.advance(SECOND)
        return found


def test_entries_that_take_long_to_look_at_are_accepted_by_and_by() -> None:
    store = Thoughtful()
    store.world = world = WatchedWorld(store=store)

    accepted = [statuses(world, *[echo()] * 15, idempotency_key="k").count(202) for _ in range(3)]

    assert accepted == [6, 12, 15]


class Busy(MemoryJobStore):
    """It stores nothing, and counts what it is asked."""

    asked = 0

    def insert(self, *new: Any) -> None:
        self.asked += 1
        raise Unavailable

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        self.insert()


@pytest.mark.parametrize(("credits", "writes"), [(0, 40), (1000 * PRICE, 2)])
def test_a_busy_store_is_asked_once_for_each_write_and_large_inputs_do_not_stay(
    credits: int, writes: int
) -> None:
    store = Busy()
    world = priced(credits, store) if credits else WatchedWorld(store=store)

    assert statuses(world, *[echo("a" * 10_000)] * 40) == [503] * 40

    assert store.asked == writes
    assert world.objects.keys() == []


class Dying(MemoryJobStore):
    """Its process is killed at the write of this number, before or after it is done."""

    left = 0
    done = False

    def insert(self, *new: Any) -> None:
        self._count(lambda: MemoryJobStore.insert(self, *new))

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        self._count(lambda: MemoryJobStore.insert_many(self, jobs))

    def _count(self, write: Callable[[], None]) -> None:
        self.left -= 1
        if self.left == 0 and not self.done:
            raise Killed
        write()
        if self.left == 0:
            raise Killed


@pytest.mark.parametrize("price", [0, PRICE])
@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("left", [1, 2, 3])
def test_a_batch_whose_process_was_killed_is_completed_by_its_repeat(
    price: int, done: bool, left: int
) -> None:
    store = Dying()
    world = WatchedWorld(job_types=[job_type(price=lambda given: price)], store=store)
    world.engine.credits.add_credits("acme", 40 * PRICE, 0, "funds")
    jobs = [echo(str(number)) for number in range(40)]
    store.left, store.done = left, done

    # A charged batch has two writes.
    if price and left == 3:
        assert statuses(world, *jobs, idempotency_key="k") == [202] * 40
    else:
        with pytest.raises(Killed):
            batch(world, *jobs, idempotency_key="k")
    found = batch(world, *jobs, idempotency_key="k")
    world.clock.advance(MINUTE)
    world.sweep()
    world.work()

    assert len(set(ids(found))) == len(world.store.all_jobs()) == 40
    assert charged(world) == 40 * price
    assert {job.status for job in world.store.all_jobs()} == {"completed"}


class Deaf(MemoryWakeUpQueue):
    """It takes every second message."""

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        super().send_many(wake_ups[::2])
        return list(wake_ups[1::2])


def test_jobs_whose_wake_ups_are_lost_run_after_a_sweep() -> None:
    world = WatchedWorld()
    world.rebuild(queue=Deaf(world.clock))
    world.queue = world.engine.queue
    later = world.clock.now() + 10 * MINUTE
    timer = echo(run_at=rfc3339(later))

    found = ids(batch(world, echo(), echo(), timer, timer))
    due = [world.job(job_id).due_at for job_id in found]

    assert due[1] == world.clock.now() + MINUTE
    # The one whose wake-up was lost is looked at before its start.
    assert due[3] == world.clock.now() + MINUTE
    assert due[2] == later + MINUTE


def test_each_entry_counts_against_the_rate_limit() -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=10)

    assert statuses(world, *[echo()] * 7, key=key) == [202] * 7
    refused = world.request("POST", "/v1/jobs/batch", {"jobs": [echo()] * 4}, key=key)
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert statuses(world, *[echo()] * 2, key=key) == [202] * 2


def test_a_batch_says_what_is_left_of_the_rate_limit_after_all_its_entries() -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=10)

    def left(*jobs: Any) -> str:
        answer = world.request("POST", "/v1/jobs/batch", {"jobs": jobs}, key=key)
        return answer.headers["RateLimit"].split(";")[1]

    assert left(echo()) == "r=9"
    assert left(*[echo()] * 7) == "r=2"
    # Refused, and counted as one request.
    assert left(*[echo()] * 3) == "r=1"


def test_a_unique_key_in_a_header_is_for_one_job() -> None:
    world = WatchedWorld()

    def submit(count: int) -> Answer:
        return world.request("POST", "/v1/jobs/batch", {"jobs": [echo()] * count}, claimcheck_unique_key="u")

    [one] = submit(1).json["jobs"]
    assert one["job"]["unique_key"] == "u"
    refused = submit(2)
    assert refused.status == 422
    assert fields_of(refused) == {
        "/jobs/0/unique_key": "must be in the body: the header Claimcheck-Unique-Key is for one job"
    }


def test_a_batch_larger_than_the_limit_says_that_it_can_never_pass() -> None:
    world = WatchedWorld()
    key = world.key("acme", limit=10)

    answer = world.request("POST", "/v1/jobs/batch", {"jobs": [echo()] * 11}, key=key)

    assert fields_of(answer) == {"/jobs": "has 11 jobs, and this API key is limited to 10 requests a minute"}


def test_ids_show_jobs_in_their_order_and_name_those_that_are_not_there() -> None:
    world = WatchedWorld()
    mine = [world.submit(str(number)) for number in range(3)]
    foreign = world.request("POST", "/v1/jobs", echo(), key=world.key("other")).json["job_id"]
    unknown = UNKNOWN
    asked = [mine[2], foreign, mine[0].upper(), unknown, mine[2]]

    answer = world.request("GET", "/v1/jobs", query=f"ids={','.join(asked)}")

    assert [job["job_id"] for job in answer.json["jobs"]] == [mine[2], mine[0]]
    assert answer.json["not_found"] == [foreign, unknown]
    assert answer.json["next_cursor"] is None


def test_retry_after_is_the_shortest_of_the_jobs_that_have_not_ended() -> None:
    world = WatchedWorld(job_types=[job_type(), job_type("slow", typical=40)])
    jobs = [echo(), {"type": "slow", "input": {"text": "a"}}]

    answer = world.request("POST", "/v1/jobs/batch", {"jobs": jobs})
    polled = world.request("GET", "/v1/jobs", query=f"ids={','.join(ids(answer.json['jobs']))}")
    world.work()
    one = world.request("GET", "/v1/jobs", query=f"ids={ids(answer.json['jobs'])[0]}")

    assert answer.headers["Retry-After"] == "10"
    assert polled.headers["Retry-After"] == "10"
    assert "Retry-After" not in one.headers


def test_by_ids_only_results_in_the_row_are_shown() -> None:
    world = WatchedWorld()
    jobs = ids(batch(world, echo("a" * 4000), echo("b" * 5000)))
    world.work()

    shown = world.request("GET", "/v1/jobs", query=f"ids={','.join(jobs)}").json["jobs"]

    assert shown[0]["result"] == {"text": "a" * 4000}
    assert shown[1]["result_url"] == f"/v1/jobs/{jobs[1]}/result"


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("ids=", {"ids": "must be job ids, separated by commas"}),
        ("ids=7", {"ids": "must be job ids, separated by commas"}),
        (f"ids={UNKNOWN},", {"ids": "must be job ids, separated by commas"}),
        (f"ids={UNKNOWN}&limit=3", {"limit": "cannot be combined with ids"}),
        (
            "ids=" + ",".join(f"00000000-0000-7000-8000-{number:012}" for number in range(101)),
            {"ids": "must be at most 100 job ids"},
        ),
    ],
)
def test_wrong_ids_are_named(query: str, fields: dict[str, str]) -> None:
    answer = WatchedWorld().request("GET", "/v1/jobs", query=query)

    assert (answer.status, fields_of(answer)) == (422, fields)
