"""Jobs of a flow with what else a job can have: a unique key, a schedule, a callback, a batch, a retry."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from claimcheck.authoring import Flow
from claimcheck.authoring.catalog import Catalog
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import MINUTE, SECOND, FlowKey, Job, Status
from claimcheck.domain.outcome import Fail
from claimcheck.service import bulk
from tests.kit.flow_world import ONE, act, counted, jobs, put, shown, slow, submit
from tests.kit.receiver import CallingWorld, sent
from tests.kit.schedule_world import every
from tests.kit.upstream import Upstream, reply
from tests.kit.world import Words, World, job_type

HELLO = {"type": "echo", "input": {"text": "hello"}}


def fail(given: Words, job: Any) -> Any:
    raise Fail("no_paper", "No paper.")


def codes(world: World, job_ids: list[str]) -> list[str | None]:
    return [job.error and job.error.code for job in jobs(world, job_ids)]


def outcomes(world: World) -> list[str]:
    """Return the error code or the status of each job, in the order of their starts."""
    found = sorted(world.store.all_jobs(), key=lambda job: job.run_at)
    return [job.error.code if job.error else str(job.status) for job in found]


def test_a_waiting_job_holds_its_unique_key_until_it_leaves_the_line() -> None:
    world = World()
    put(world, paused=True)
    body = HELLO | {"flow": "one", "unique_key": "order-1"}
    [job_id] = submit(world, 1, unique_key="order-1")
    world.work()

    refused = world.request("POST", "/v1/jobs", body)
    found = world.request("POST", "/v1/jobs", body | {"on_duplicate": "existing"})
    assert (refused.status, refused.json["code"], refused.json["job_id"]) == (409, "duplicate_job", job_id)
    assert (found.status, found.json["job_id"], found.json["status"]) == (200, job_id, "pending")

    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    assert world.request("POST", "/v1/jobs", body).status == 202


def test_a_slot_is_skipped_while_a_job_of_its_schedule_runs_in_a_flow_of_one() -> None:
    world = World({"echo": slow(150)})
    put(world, concurrency=1)
    every(world, "1 minute", overlap="skip", type="echo", flow="one")

    world.advance(5 * MINUTE + 10 * SECOND)

    # The first runs from 1:00 to 3:30, the fourth from 4:00.
    assert outcomes(world)[:5] == ["completed", "skipped", "skipped", "processing", "skipped"]
    assert shown(world) == (1, 0)


def test_a_slot_is_skipped_while_a_job_of_its_schedule_waits_for_its_flow() -> None:
    world = World()
    put(world, paused=True)
    every(world, "1 minute", overlap="skip", type="echo", flow="one")

    world.advance(3 * MINUTE + 10 * SECOND)
    assert outcomes(world)[:3] == ["pending", "skipped", "skipped"]
    assert shown(world) == (0, 1)

    act(world, "resume")
    world.advance(MINUTE)
    assert outcomes(world)[:4] == ["completed", "skipped", "skipped", "completed"]


def test_a_job_whose_start_by_passes_in_line_ends_and_the_others_go_on() -> None:
    world = World({"echo": slow(300)})
    put(world, concurrency=1)
    first = submit(world, 1)
    late = submit(world, 1, start_by=rfc3339(world.clock.now() + 2 * MINUTE))
    last = submit(world, 1)

    world.advance(4 * MINUTE)
    assert codes(world, first + late + last) == [None, "expired", None]
    assert world.job(late[0]).executions == 0
    assert shown(world) == (1, 1)

    world.advance(8 * MINUTE)
    assert {job.status for job in jobs(world, first + last)} == {Status.COMPLETED}


def test_entries_of_a_batch_wait_in_line_and_only_those_of_a_full_flow_are_refused() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    put(world, "full", paused=True, max_waiting=1)
    submit(world, 1, flow="full")
    world.work()
    entries = [HELLO | {"flow": "one"}, HELLO | {"flow": "full"}, HELLO | {"flow": "none"}, HELLO] * 2

    answer = world.request("POST", "/v1/jobs/batch", {"jobs": entries}).json["jobs"]
    world.work()

    assert [each["status"] for each in answer] == [202, 429, 422, 202] * 2
    assert answer[1]["error"]["code"] == "flow_full"
    assert shown(world) == (1, 1)


def test_a_batch_counts_the_line_of_its_flow_once() -> None:
    world = World()
    put(world, paused=True, max_waiting=10)
    entries = {"jobs": [HELLO | {"flow": "one"}] * 20}

    with counted(world.store.flows, "waiting") as calls:
        world.request("POST", "/v1/jobs/batch", entries)
        assert calls == {"waiting": 1}
        world.work()
        answer = world.request("POST", "/v1/jobs/batch", entries).json["jobs"]

    assert calls == {"waiting": 2}
    assert {each["error"]["code"] for each in answer} == {"flow_full"}


def test_a_list_can_be_of_one_flow() -> None:
    world = World()
    put(world)
    put(world, "two")
    job_ids = submit(world, 2)
    submit(world, 1, flow="two")
    world.submit()

    listed = world.request("GET", "/v1/jobs", query="flow=one").json["jobs"]

    assert [each["job_id"] for each in listed] == job_ids[::-1]
    assert {each["flow"] for each in listed} == {"one"}


def test_the_retry_of_a_job_waits_in_the_same_flow() -> None:
    world = World({"echo": fail})
    put(world, concurrency=1)
    [old] = submit(world, 1)
    world.work()
    act(world, "pause")

    new = world.request("POST", f"/v1/jobs/{old}/retry").json["job_id"]
    world.work()

    assert world.job(new).flow == ONE
    assert world.request("GET", f"/v1/jobs/{new}").json["waiting"] == {"flow": "one", "ahead": 0}


def test_a_retry_names_the_flow_that_is_gone_and_works_once_it_is_back() -> None:
    world = World({"echo": fail})
    put(world)
    [old] = submit(world, 1)
    world.work()
    assert world.request("DELETE", "/v1/flows/one").status == 204

    refused = world.request("POST", f"/v1/jobs/{old}/retry")
    assert refused.status == 422
    assert refused.json["errors"] == [
        {"pointer": "/flow", "message": "unknown flow; store it with PUT /v1/flows/{name}"}
    ]
    put(world)
    assert world.request("POST", f"/v1/jobs/{old}/retry").status == 202


def test_a_retry_has_the_flow_that_its_type_has_got_since() -> None:
    world = World({"echo": fail})
    put(world)
    [old] = submit(world, 1)
    world.work()
    world.rebuild(catalog=Catalog([job_type(flow=Flow(concurrency=2))]))

    answer = world.request("POST", f"/v1/jobs/{old}/retry")

    assert answer.status == 202, answer.text
    assert world.job(answer.json["job_id"]).flow == ("@", "echo")


def test_the_jobs_of_a_schedule_have_the_flow_that_their_type_has_got_since() -> None:
    world = World()
    put(world)
    every(world, "1 minute", flow="one")
    declared = job_type(flow=Flow(concurrency=1))
    world.rebuild(catalog=Catalog([declared]))

    world.advance(3 * MINUTE)

    made = world.store.all_jobs()
    assert Status.COMPLETED in {job.status for job in made}
    assert {job.flow for job in made} == {FlowKey("@", "echo")}
    body = {"type": "echo", "input": {"text": "x"}, "rate": "1 minute", "flow": "one"}
    refused = world.request("PUT", "/v1/schedules/other", body)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/flow")


def test_a_job_that_this_code_cannot_read_keeps_its_slot_or_its_place_in_line() -> None:
    """As after a rollback, until the newer code is back."""
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    submit(world, 1)
    world.work()
    submit(world, 1)
    world.work()
    before = world.store.flows.view(ONE)
    assert (len(before.slots), len(before.tickets)) == (1, 1)

    with (
        patch.object(world.store, "read_many", lambda job_ids: []),
        patch.object(world.store, "read", side_effect=ValueError),
    ):
        world.clock.advance(5 * MINUTE)
        world.sweep()

    after = world.store.flows.view(ONE)
    assert (after.slots, after.tickets) == (before.slots, before.tickets)
    world.advance(10 * MINUTE)
    assert {job.status for job in world.store.all_jobs()} == {Status.COMPLETED}


@pytest.mark.parametrize("rate", [None, {"starts": 1, "per_seconds": 10}])
def test_jobs_that_only_newer_code_can_run_do_not_hold_up_the_others(rate: Any) -> None:
    """As after a rollback: they keep their places, and start when the newer code is back."""
    world = World({"echo": slow(5)})
    put(world, concurrency=1, paused=True, rate=rate)
    newer = submit(world, 20)
    others = submit(world, 3)
    world.work()
    for job in jobs(world, newer):
        world.store.replace(job, job.evolve(needs=("priority",), written_by="newer"))
    act(world, "resume")

    world.advance(3 * MINUTE)
    assert {job.status for job in jobs(world, others)} == {Status.COMPLETED}
    assert {(job.status, job.waits is None) for job in jobs(world, newer)} == {(Status.PENDING, False)}
    assert shown(world) == (0, 20)

    with patch.object(Job, "newer_than_code", False):
        world.advance(10 * MINUTE)
    assert {job.status for job in jobs(world, newer)} == {Status.COMPLETED}


def test_a_bulk_cancel_empties_a_line_and_wakes_no_worker_for_it() -> None:
    world = World({"echo": slow(300)}, [job_type(), bulk.JOB_TYPE])
    put(world, concurrency=1)
    first = submit(world, 1)
    waiting = submit(world, 40)
    plain = world.submit()
    world.work()
    body = {"action": "cancel", "filter": {"flow": "one", "status": "pending"}}
    bulk_id = world.request("POST", "/v1/bulk", body).json["job_id"]

    with counted(world.queue, "send") as sent:
        world.work()

    assert world.request("GET", f"/v1/jobs/{bulk_id}").json["result"]["done"] == 40
    assert set(codes(world, waiting)) == {"cancelled"}
    assert codes(world, [*first, plain]) == [None, None]
    assert shown(world) == (1, 0)
    assert sent == {}


def test_the_end_of_a_line_at_its_deadline_wakes_no_worker() -> None:
    world = World(job_types=[job_type(deadline=600)])
    put(world, paused=True)
    job_ids = submit(world, 30)
    world.work()
    world.clock.advance(11 * MINUTE)

    with counted(world.queue, "send", "send_many") as sent:
        world.sweep()

    assert set(codes(world, job_ids)) == {"deadline_exceeded"}
    assert shown(world) == (0, 0)
    assert sent == {}


def test_a_job_that_is_cancelled_in_line_reports_it() -> None:
    with Upstream() as receiver:
        world = CallingWorld()
        put(world, paused=True)
        [job_id] = submit(world, 1, callback_url=receiver.at("/hook", reply(204)))
        world.work()
        world.request("POST", f"/v1/jobs/{job_id}/cancel")
        world.work()

        [reported] = receiver.requests

    assert sent(reported)["error"]["code"] == "cancelled"
    assert shown(world) == (0, 0)


def test_jobs_that_wait_obey_the_flow_that_is_made_anew() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=5, paused=True)
    submit(world, 4)
    world.work()
    # A deletion between the view of a worker and its job's ticket leaves a line without a flow.
    world.store.flows._due_at.clear()
    assert world.store.flows.delete(world.store.flows.read(ONE))

    put(world, concurrency=2, paused=True)
    world.advance(5 * MINUTE)
    assert shown(world) == (0, 4)
    act(world, "resume")
    world.work()
    assert shown(world) == (2, 2)


def test_the_first_in_line_gets_the_first_start() -> None:
    world = World()
    put(world, rate={"starts": 1, "per_seconds": 2}, paused=True)
    job_ids = submit(world, 30)
    world.work()
    act(world, "resume")
    world.work()

    granted = [job.not_before for job in jobs(world, job_ids)]

    assert granted == sorted(granted)
    assert granted[-1] - granted[0] == 58 * SECOND


def test_a_flow_with_a_slot_that_no_job_holds_can_be_deleted_after_a_sweep() -> None:
    world = World()
    put(world)
    [job_id] = submit(world, 1)
    job = world.job(job_id)
    world.store.flows.move(job, job.evolve(slot=0))
    world.work()

    assert world.request("DELETE", "/v1/flows/one").json["code"] == "flow_in_use"
    world.advance(3 * MINUTE)
    assert world.request("DELETE", "/v1/flows/one").status == 204


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_mass_failure_takes_few_calls_for_each_job(count: int) -> None:
    world = World({"echo": fail}, [job_type(deadline=86_400)])
    put(world, concurrency=10, paused=True)
    for _ in range(count):
        world.submit(flow="one")
    world.work()
    act(world, "resume")

    names = ("view", "reserve", "set_due")
    with counted(world.store.flows, *names) as views, counted(world.store, "replace") as writes:
        world.work()

    assert {(job.status, job.error.code) for job in world.store.all_jobs()} == {(Status.FAILED, "no_paper")}
    assert shown(world) == (0, 0)
    # A grant, a claim and an end for each, and a pump after each end.
    assert writes == {"replace": 3 * count}
    assert views["view"] <= count + 10
