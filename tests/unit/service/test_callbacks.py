"""A job's end is sent to its `callback_url`: signed, with retries, and never to an inward address."""

from __future__ import annotations

from itertools import pairwise

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from claimcheck.domain.callbacks import LONGEST_ASKED, MAX_TRIES, PAUSES, pause_after, started, undelivered
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import CALLBACK_HORIZON, DAY, FAR_LEAD, HOUR, MINUTE, SECOND, Callback
from claimcheck.domain.outcome import Fail
from claimcheck.outbound import Outbound
from claimcheck.testing import SeededRandomness
from tests.kit.jobs import NOW, new_job
from tests.kit.receiver import CallingWorld, sent, verified
from tests.kit.upstream import Upstream, reply, reset, silence
from tests.kit.world import Echo


@pytest.fixture
def world() -> CallingWorld:
    return CallingWorld()


def test_an_end_is_sent_as_a_poll_shows_it_and_signed_for_its_receiver(
    world: CallingWorld, receiver: Upstream
) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(204)), metadata={"order": "6735"})
    world.work()

    [reported] = receiver.requests
    shown = world.request("GET", f"/v1/jobs/{job_id}").json

    assert (reported.method, reported.headers["content-type"]) == ("POST", "application/json")
    assert verified(reported, world.secret) == sent(reported)
    assert reported.headers["webhook-id"] == job_id
    assert sent(reported) | {"callback": None} == shown | {"callback": None}
    assert sent(reported)["result"] == {"text": "hello"}
    assert shown["callback"] | {"delivered_at": None} == {
        "url": receiver.url + "/hook",
        "status": "delivered",
        "tries": 1,
        "next_try_at": None,
        "delivered_at": None,
        "failed_at": None,
    }
    assert shown["callback"]["delivered_at"] is not None
    assert world.job(job_id).due_at is None


def test_a_stranger_cannot_pass_for_us(world: CallingWorld, receiver: Upstream) -> None:
    world.submit(callback_url=receiver.at("/hook", reply(204)))
    world.work()

    [reported] = receiver.requests
    with pytest.raises(WebhookVerificationError):
        verified(reported, world.new_secret("umbrella"))
    with pytest.raises(WebhookVerificationError):
        verified(reported._replace(body=reported.body.replace(b"hello", b"hullo")), world.secret)


def test_a_failure_is_reported_too(receiver: Upstream) -> None:
    world = CallingWorld(handlers={"echo": lambda given, job: Fail("no_luck", "No luck.")})
    world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.work()

    [reported] = receiver.requests
    assert sent(reported)["error"] == {"code": "no_luck", "message": "No luck."}


def test_a_cancel_is_reported_at_once(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    while world.queue.receive():
        pass

    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.work()

    [reported] = receiver.requests
    assert sent(reported)["error"]["code"] == "cancelled"


def test_a_cancel_long_before_the_start_is_reported_at_once(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(
        callback_url=receiver.at("/hook", reply(200)), run_at=rfc3339(world.clock.now() + DAY)
    )

    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.work()

    assert len(receiver.requests) == 1


def test_a_missed_deadline_is_reported(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    while world.queue.receive():
        pass
    world.clock.advance(2 * HOUR)

    world.sweep()
    world.work()

    [reported] = receiver.requests
    assert sent(reported)["error"]["code"] == "deadline_exceeded"
    assert world.callback(job_id).state == "delivered"


def test_a_large_result_is_sent_as_its_url(receiver: Upstream) -> None:
    world = CallingWorld(handlers={"echo": lambda given, job: Echo(text="x" * 300_000)})
    job_id = world.submit(callback_url=receiver.at("/hook", reply(200)))
    world.work()

    [reported] = receiver.requests
    assert sent(reported)["result_url"] == f"/v1/jobs/{job_id}/result"
    assert "result" not in sent(reported)


def test_a_receiver_that_was_down_is_called_again(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(
        callback_url=receiver.at("/hook", reply(500, b"down"), reset(), reply(200, b"at last"))
    )
    ended = world.clock.now()
    world.advance(5 * MINUTE)

    deliveries = world.deliveries(job_id)

    assert [each["status"] for each in deliveries] == [200, None, 500]
    assert [each["answer"] for each in deliveries] == ["at last", None, "down"]
    assert deliveries[1]["error"]["code"] == "connection_lost"
    assert [each["number"] for each in deliveries] == [3, 2, 1]
    assert len({each.headers["webhook-id"] for each in receiver.requests}) == 1
    assert world.callback(job_id).tries == 3
    assert world.callback(job_id).settled_at in range(ended + 35 * SECOND, ended + 45 * SECOND)


def test_it_is_tried_over_hours_and_then_recorded_as_failed(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(503)))
    world.advance(2 * DAY)

    callback = world.callback(job_id)
    times = [each.started_at for each in world.store.deliveries(job_id)][::-1]
    pauses = [later - earlier for earlier, later in pairwise(times)]

    assert callback.state == "failed"
    assert len(receiver.requests) == callback.tries == MAX_TRIES
    assert world.job(job_id).due_at is None
    assert callback.settled_at == times[-1], "at the last try, not at one that is never made"
    for pause, least in zip(pauses, PAUSES, strict=True):
        assert least <= pause <= least * 5 // 4


def test_receivers_that_were_down_are_not_called_by_all_at_once() -> None:
    pauses = {pause_after(3, None, SeededRandomness(seed)) for seed in range(50)}

    assert len(pauses) > 40
    assert PAUSES[2] <= min(pauses) <= max(pauses) <= PAUSES[2] * 5 // 4


def test_a_far_try_is_left_to_the_sweeper() -> None:
    job = new_job(callback=Callback("https://hooks.example.com/"))
    ended = started(job.ended(NOW), NOW, "token")

    soon, far = undelivered(ended, NOW, 15 * MINUTE), undelivered(ended, NOW, HOUR)

    assert (soon.not_before, soon.due_at) == (NOW + 15 * MINUTE, NOW + 16 * MINUTE)
    assert (far.not_before, far.due_at) == (NOW + HOUR, NOW + HOUR - FAR_LEAD)


def test_all_attempts_fit_into_the_time_for_a_callback() -> None:
    longest = [max(pause + pause // 4, LONGEST_ASKED) for pause in PAUSES]

    assert sum(PAUSES) > 12 * HOUR
    assert sum(longest) + MAX_TRIES * MINUTE < CALLBACK_HORIZON


@pytest.mark.parametrize("asked", ["120", "100000"])
def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_any(
    world: CallingWorld, receiver: Upstream, asked: str
) -> None:
    job_id = world.submit(
        callback_url=receiver.at("/hook", reply(429, headers={"Retry-After": asked}), reply(200))
    )
    now = world.clock.now()
    world.work()

    assert world.job(job_id).not_before == now + min(int(asked) * SECOND, LONGEST_ASKED)


def test_gone_is_the_end_of_it(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(410), reply(200)))
    world.advance(2 * DAY)

    assert len(receiver.requests) == 1
    assert world.callback(job_id).state == "failed"


def test_a_redirect_is_not_followed(world: CallingWorld, receiver: Upstream) -> None:
    target = receiver.at("/elsewhere", reply(200))
    job_id = world.submit(callback_url=receiver.at("/hook", reply(302, headers={"Location": target})))
    world.work()

    assert [each.path for each in receiver.requests] == ["/hook"]
    assert world.callback(job_id).state == "pending"
    assert world.deliveries(job_id)[0]["status"] == 302


def test_a_slow_receiver_is_given_up_on_and_called_again(
    world: CallingWorld, receiver: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claimcheck.service.callbacks.sender.CALL_TIMEOUT", SECOND // 5)
    job_id = world.submit(callback_url=receiver.at("/hook", silence(), reply(200)))
    world.advance(MINUTE)

    last, first = world.deliveries(job_id)
    assert first["error"]["code"] == "timed_out"
    assert last["status"] == 200


def test_a_name_that_leads_inward_is_not_called_and_that_is_recorded(world: CallingWorld) -> None:
    world.rebuild(outbound=Outbound(resolve=lambda host, port: ["169.254.169.254"]))
    job_id = world.submit(callback_url="https://hooks.example.com/claimcheck")
    world.advance(DAY)

    [delivery] = world.deliveries(job_id)
    assert delivery["error"]["code"] == "forbidden_address"
    assert delivery["status"] is None
    assert "169.254" not in str(delivery)
    assert world.callback(job_id).state == "failed"


def test_only_the_first_kib_of_an_answer_is_kept(world: CallingWorld, receiver: Upstream) -> None:
    job_id = world.submit(callback_url=receiver.at("/hook", reply(500, b"\xff" + b"a" * 5000)))
    world.work()

    answer = world.deliveries(job_id)[0]["answer"]
    assert answer == "\ufffd" + "a" * 1023


def test_while_a_secret_is_rotated_receivers_verify_with_either(
    world: CallingWorld, receiver: Upstream
) -> None:
    hook = receiver.at("/hook", reply(200))
    old = world.secret
    world.clock.advance(SECOND)
    new = world.new_secret()
    world.submit(callback_url=hook)
    world.work()
    world.clock.advance(SECOND)
    newest = world.new_secret()
    world.submit(callback_url=hook)
    world.work()

    during, after = receiver.requests
    assert [verified(during, secret) for secret in (old, new)] == [sent(during)] * 2
    assert [verified(after, secret) for secret in (new, newest)] == [sent(after)] * 2
    with pytest.raises(WebhookVerificationError):
        verified(after, old)


def test_a_job_without_a_callback_is_stored_and_run_as_ever(world: CallingWorld) -> None:
    from claimcheck.aws.dynamodb import rows

    job_id = world.submit()
    world.work()

    assert "callback" not in rows.job_item(world.job(job_id))["job"]["S"]
    assert world.request("GET", f"/v1/jobs/{job_id}").json["callback"] is None
    assert world.deliveries(job_id) == []


@pytest.mark.parametrize("called_back", [False, True])
def test_a_callback_does_not_change_how_late_its_job_was(receiver: Upstream, called_back: bool) -> None:
    world = CallingWorld()
    job_id = world.submit(**({"callback_url": receiver.at("/hook", reply(200))} if called_back else {}))
    world.clock.advance(30 * SECOND)
    world.work()

    [execution] = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]

    assert execution["lateness_ms"] == 30 * SECOND
