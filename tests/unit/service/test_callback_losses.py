"""A callback survives lost workers, lost wake-ups and short retentions: it is sent at least once, or given
up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.callbacks import MAX_TRIES
from claimcheck.domain.job import CALLBACK_HORIZON, HOUR, MINUTE, SECOND
from claimcheck.outbound import Answer, Outbound
from claimcheck.service.callbacks.sender import CallbackSender
from claimcheck.service.worker import Unclaimed
from tests.kit.receiver import CallingWorld
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from claimcheck.domain.job import Job


@pytest.fixture
def world() -> CallingWorld:
    return CallingWorld()


def test_a_job_stays_for_its_delivery_past_its_retention(receiver: Upstream) -> None:
    world = CallingWorld()
    hook = receiver.at("/hook", *[reply(500)] * 4, reply(200))
    job_id = world.submit(callback_url=hook, retention_seconds=60)
    world.advance(8 * MINUTE)
    gone = world.store.expire(world.clock.now())
    read = world.request("GET", f"/v1/jobs/{job_id}")

    world.advance(10 * MINUTE)
    settled = world.job(job_id)

    assert gone == []
    assert read.status == 404
    assert settled.callback is not None
    assert settled.callback.state == "delivered"
    assert world.store.expire(world.clock.now()) == [settled]


def test_without_its_wake_up_the_sweeper_finds_it(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.engine.worker.run(world.queue.receive().job_id, lambda: HOUR)
    assert world.queue.receive() is not None, "the delivery's wake-up, which is lost here"

    world.advance(2 * MINUTE)

    assert len(receiver.requests) == 1
    assert world.callback(job_id).state == "delivered"


def test_doubled_wake_ups_deliver_once(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.work()
    for _ in range(3):
        world.engine.worker.run(job_id, lambda: HOUR)

    assert len(receiver.requests) == 1


def test_a_running_delivery_is_not_started_again(world: CallingWorld, receiver: Upstream) -> None:
    hook = receiver.at("/hook", reply(200))

    class Meanwhile(Outbound):
        def request(self, *args: Any, **options: Any) -> Any:
            world.engine.worker.run(job_id, lambda: HOUR)
            return super().request(*args, **options)

    world.rebuild(outbound=Meanwhile(allow_loopback=True))
    job_id = world.submit(callback_url=hook)
    world.work()

    assert len(receiver.requests) == 1


class Lost(BaseException):
    """The worker is gone."""


def test_a_worker_lost_after_the_call_causes_a_duplicate_that_the_receiver_can_recognise(
    world: CallingWorld, receiver: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*args: Any) -> None:
        raise Lost

    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    with monkeypatch.context() as patch:
        patch.setattr(CallbackSender, "_settle", lose)
        with pytest.raises(Lost):
            world.work()

    world.advance(3 * MINUTE)

    one, other = receiver.requests
    assert one.headers["webhook-id"] == other.headers["webhook-id"] == job_id
    assert [each["number"] for each in world.deliveries(job_id)] == [2, 1]
    assert world.callback(job_id).state == "delivered"


def test_a_stalled_worker_does_not_speak_for_the_one_that_took_over(world: CallingWorld) -> None:
    class Stalled(Outbound):
        calls = 0

        def request(self, *args: Any, **options: Any) -> Any:
            Stalled.calls += 1
            if Stalled.calls == 2:
                raise Lost
            world.clock.advance(MINUTE)
            with pytest.raises(Lost):
                world.engine.worker.run(job_id, lambda: HOUR)
            return Answer(200, {}, b"")

    world.rebuild(outbound=Stalled(allow_loopback=True))
    job_id = world.submit(callback_url="https://hooks.example.com/")
    world.work()

    assert Stalled.calls == 2
    assert world.callback(job_id).state == "pending"
    assert world.job(job_id).lease is not None


def test_of_a_call_that_was_cut_off_its_begin_is_known(
    world: CallingWorld, receiver: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*args: Any, **options: Any) -> None:
        raise Lost

    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    with monkeypatch.context() as patch:
        patch.setattr(Outbound, "request", lose)
        with pytest.raises(Lost):
            world.work()

    [delivery] = world.deliveries(job_id)
    assert (delivery["status"], delivery["error"], delivery["duration_ms"]) == (None, None, None)
    assert delivery["started_at"]


def test_workers_that_are_always_lost_use_up_the_tries(
    world: CallingWorld, receiver: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*args: Any, **options: Any) -> None:
        raise Lost

    monkeypatch.setattr(Outbound, "request", lose)
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    for _ in range(200):
        try:
            world.advance(HOUR // 4)
        except Lost:
            continue

    assert world.callback(job_id).state == "failed"
    assert world.callback(job_id).tries == MAX_TRIES


def test_a_callback_that_no_worker_ever_tries_is_given_up_by_the_sweeper(
    world: CallingWorld, receiver: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    ends: list[Job] = []
    for _ in range(CALLBACK_HORIZON // HOUR + 1):
        world.clock.advance(HOUR)
        ends += world.engine.sweeper.sweep(lambda: MINUTE).ended

    assert ends == [], "the job's end is counted where it ended, and once"
    assert "callback given up" in caplog.text
    assert world.callback(job_id).state == "failed"
    assert world.job(job_id).due_at is None
    assert receiver.requests == []


def test_a_worker_without_the_time_for_a_call_gives_its_wake_up_back(
    world: CallingWorld, receiver: Upstream
) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.request("POST", f"/v1/jobs/{job_id}/cancel")

    with pytest.raises(Unclaimed):
        world.engine.worker.run(job_id, lambda: 20 * SECOND)

    assert world.callback(job_id).tries == 0
