"""Flows: jobs start as their flow allows, first come, first served, and keep their slots to their ends."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck.authoring import Flow, Rate, Retry
from claimcheck.domain import job as job_module
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import HOUR, MINUTE, SECOND, FlowKey, Status
from claimcheck.service.flows.pump import TURN
from claimcheck.service.worker import Unclaimed
from claimcheck.testing import MemoryJobStore
from tests.kit.flow_world import ONE, act, counted, forget_wake_ups, jobs, put, shown, slow, submit
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job


def test_no_more_jobs_run_than_the_flow_allows_and_all_end_in_their_order() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=3)
    job_ids = submit(world, 8)

    seen = []
    for _ in range(10):
        world.advance(10 * SECOND)
        seen.append(shown(world))

    assert max(running for running, _ in seen) == 3
    assert seen[0] == (3, 5)
    ends = jobs(world, job_ids)
    assert all(job.status is Status.COMPLETED for job in ends)
    starts = [job.not_before for job in ends]
    assert starts == sorted(starts)
    assert shown(world) == (0, 0)


def test_a_job_keeps_its_slot_through_retries() -> None:
    def handle(given: Any, job: Any) -> Any:
        return Echo(text="done") if job.attempt == 2 else Retry(after=30)

    world = World({"echo": handle})
    put(world, concurrency=1)
    first, second = submit(world, 2)
    world.work()

    assert world.job(first).slot == 0
    assert world.job(second).waits is not None
    world.advance(29 * SECOND)
    assert world.job(second).executions == 0
    world.advance(2 * SECOND)
    assert world.job(first).status is Status.COMPLETED
    assert world.job(second).executions == 1


def test_a_waiting_job_says_so_and_how_many_are_ahead() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    job_ids = submit(world, 103)
    world.work()

    waiting = [world.request("GET", f"/v1/jobs/{job_id}").json.get("waiting") for job_id in job_ids]

    assert waiting[:3] == [None, {"flow": "one", "ahead": 0}, {"flow": "one", "ahead": 1}]
    assert [each["ahead"] for each in waiting[-2:]] == [100, 100]


def test_a_start_in_the_past_gives_no_place_before_those_who_wait() -> None:
    """A line of a job type has the jobs of all orgs."""
    world = World({"echo": slow(60)}, [job_type(flow=Flow(concurrency=1))])
    for _ in range(3):
        world.submit()
        world.work()
        world.clock.advance(10)
    body = {
        "type": "echo",
        "input": {"text": "x"},
        "run_at": rfc3339(world.clock.now() - 23 * HOUR),
    }

    late = world.request("POST", "/v1/jobs", body, key=world.key("other")).json["job_id"]
    world.work()

    tickets = world.store.flows.view(FlowKey("@", "echo")).tickets
    assert [ticket.job_id for ticket in tickets].index(late) == 2


def test_a_paused_flow_starts_nothing_and_a_resumed_one_goes_on() -> None:
    world = World()
    put(world, concurrency=2, paused=True)
    job_ids = submit(world, 3)
    world.advance(10 * MINUTE)

    assert {job.status for job in jobs(world, job_ids)} == {Status.PENDING}
    act(world, "resume")
    world.work()
    assert {job.status for job in jobs(world, job_ids)} == {Status.COMPLETED}


def test_a_lower_limit_stops_no_job_and_a_higher_one_starts_more() -> None:
    world = World({"echo": slow(20)})
    put(world, concurrency=3)
    submit(world, 7)
    world.work()
    put(world, concurrency=1)

    assert shown(world) == (3, 4)
    world.advance(21 * SECOND)
    assert shown(world) == (1, 3)
    put(world, concurrency=3)
    world.work()
    assert shown(world) == (3, 1)


def test_a_rate_spaces_a_thousand_starts_exactly() -> None:
    world = World()
    put(world, rate={"starts": 50, "per_seconds": 1})
    job_ids = [world.submit(flow="one") for _ in range(1000)]
    world.advance(3 * MINUTE)

    starts = sorted(job.started_at or 0 for job in jobs(world, job_ids))

    assert {later - earlier for earlier, later in pairwise(starts)} == {20}


class Met(MemoryJobStore):
    """Whenever a pump has given a job its start, `meet` is called."""

    meet: Callable[[], None] | None = None

    def replace(self, old: Job, new: Job, *more: Any) -> None:
        super().replace(old, new, *more)
        if self.meet is not None and old.waits is not None and new.waits is None:
            meet, self.meet = self.meet, None
            meet()
            self.meet = meet


def test_pumps_that_meet_lose_no_start() -> None:
    store = Met()
    world = World(store=store)
    put(world, rate={"starts": 50, "per_seconds": 1}, paused=True)
    job_ids = submit(world, 20)
    world.work()
    act(world, "resume")
    # Its worker finds a line, and pumps.
    store.meet = lambda: world.engine.worker.run(job_ids[-1], lambda: 900 * SECOND)
    world.work()

    starts = sorted(job.not_before for job in jobs(world, job_ids))
    assert {later - earlier for earlier, later in pairwise(starts)} == {20}
    assert world.store.flows.view(ONE).turn is None


def test_a_job_that_comes_while_another_pump_has_its_turn_gets_its_start_from_that_one() -> None:
    store = Met()
    world = World(store=store)
    late: list[str] = []
    put(world, rate={"starts": 1, "per_seconds": 5})

    def come() -> None:
        if not late:
            late.append(world.submit(flow="one"))
            world.engine.worker.run(late[0], lambda: 900 * SECOND)
            assert world.job(late[0]).waits is not None

    store.meet = come
    [first] = submit(world, 1)
    world.engine.worker.run(first, lambda: 900 * SECOND)

    one, two = jobs(world, [first, *late])
    assert two.waits is None
    assert two.not_before - one.not_before == 5 * SECOND


def test_the_turn_of_a_lost_pump_passes() -> None:
    world = World()
    put(world, rate={"starts": 1, "per_seconds": 5})
    world.store.flows.reserve(ONE, None, 0, world.clock.now() + TURN)
    job_ids = submit(world, 2)
    world.work()
    assert [job.waits is None for job in jobs(world, job_ids)] == [False, False]

    world.advance(3 * MINUTE)

    assert {job.status for job in jobs(world, job_ids)} == {Status.COMPLETED}


def test_a_burst_starts_at_once_and_then_the_rate_applies() -> None:
    world = World()
    put(world, rate={"starts": 1, "per_seconds": 10, "burst": 3})
    start = world.clock.now()
    job_ids = [world.submit(flow="one") for _ in range(6)]
    world.advance(MINUTE)

    starts = sorted((job.started_at or 0) - start for job in jobs(world, job_ids))
    assert starts == [0, 0, 0, 10 * SECOND, 20 * SECOND, 30 * SECOND]


def test_a_new_rate_counts_from_now() -> None:
    world = World()
    put(world, rate={"starts": 1, "per_seconds": 86_400})
    job_ids = submit(world, 3)
    world.work()
    assert [job.executions for job in jobs(world, job_ids)] == [1, 0, 0]

    put(world, rate={"starts": 1, "per_seconds": 5})
    world.advance(6 * SECOND)

    assert [job.executions for job in jobs(world, job_ids)] == [1, 1, 1]


def test_a_cancelled_job_leaves_the_line_and_one_with_a_slot_lets_the_next_start() -> None:
    world = World({"echo": slow(HOUR // SECOND // 4)})
    put(world, concurrency=1)
    first, second, third = submit(world, 3)
    world.work()

    assert world.request("POST", f"/v1/jobs/{second}/cancel").status == 202
    assert shown(world) == (1, 1)
    assert world.request("POST", f"/v1/jobs/{first}/cancel").status == 202
    world.work()
    assert world.job(third).slot == 0
    assert shown(world) == (1, 0)


def test_waiting_uses_no_attempt_and_ends_at_the_deadline() -> None:
    world = World(job_types=[job_type(deadline=600)])
    put(world, concurrency=1, paused=True)
    [job_id] = submit(world, 1)
    world.advance(11 * MINUTE)

    job = world.job(job_id)
    assert job.error is not None
    assert (job.error.code, job.attempt, job.executions) == ("deadline_exceeded", 0, 0)
    assert shown(world) == (0, 0)


def test_a_slot_is_given_to_the_next_within_a_sweep_if_every_wake_up_is_lost() -> None:
    world = World({"echo": slow(20)})
    put(world, concurrency=1)
    first, second = submit(world, 2)
    world.work()
    world.request("POST", f"/v1/jobs/{first}/cancel")
    forget_wake_ups(world)

    world.advance(2 * MINUTE)

    assert world.job(second).executions > 0


def test_a_job_whose_worker_was_lost_keeps_its_slot_and_runs_again() -> None:
    world = World()
    put(world, concurrency=1)
    first, second = submit(world, 2)
    lost = world.job(first)
    lease = lost.claimed(world.clock.now(), "lost", MINUTE).evolve(slot=0, written_by="lost")
    world.store.replace(lost, lease)
    world.work()
    assert shown(world) == (1, 1)

    world.advance(5 * MINUTE)

    assert [job.executions for job in jobs(world, [first, second])] == [2, 1]
    assert {job.status for job in jobs(world, [first, second])} == {Status.COMPLETED}


def test_slots_and_tickets_that_no_job_holds_are_deleted_by_a_sweep() -> None:
    world = World()
    put(world, concurrency=1)
    gone, waiting = submit(world, 2)
    # As code would leave them that does not know flows.
    job = world.job(gone)
    held = job.evolve(slot=0, written_by="held")
    world.store.replace(job, held)
    with patch.object(world.store.flows, "move"):
        world.store.replace(held, held.ended(world.clock.now()).evolve(written_by="ended"))
    world.work()
    assert shown(world) == (1, 1)

    world.advance(3 * MINUTE)

    assert world.job(waiting).status is Status.COMPLETED
    assert shown(world) == (0, 0)


def test_a_flow_that_is_gone_limits_nothing() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    first = submit(world, 1)
    world.request("DELETE", "/v1/flows/one")
    world.work()

    assert jobs(world, first)[0].executions == 1
    assert jobs(world, first)[0].slot is None


def test_a_line_of_a_flow_that_is_gone_starts() -> None:
    world = World()
    put(world, concurrency=1, paused=True)
    job_ids = submit(world, 3)
    world.work()
    flow = world.store.flows.read(ONE)
    world.store.flows._due_at.clear()
    assert world.store.flows.delete(flow)

    world.engine.pump.pump(world.job(job_ids[0]))
    world.work()

    assert {job.status for job in jobs(world, job_ids)} == {Status.COMPLETED}


def test_a_flow_is_not_deleted_while_jobs_run_or_wait() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    submit(world, 2)
    world.work()

    assert world.request("DELETE", "/v1/flows/one").json["code"] == "flow_in_use"
    world.advance(2 * MINUTE)
    assert world.request("DELETE", "/v1/flows/one").status == 204
    assert (
        world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}, "flow": "one"}).status
        == 422
    )


def test_a_flow_that_is_created_again_counts_the_jobs_that_run() -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    first = submit(world, 1)
    world.work()
    world.store.flows.delete(world.store.flows.read(ONE))
    put(world, concurrency=1)
    submit(world, 1)
    world.work()

    assert shown(world) == (1, 1)
    assert jobs(world, first)[0].slot == 0


def test_a_full_line_refuses_jobs_until_one_has_left() -> None:
    world = World()
    put(world, concurrency=1, max_waiting=2, paused=True)
    submit(world, 2)
    world.work()

    refused = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}, "flow": "one"})
    assert (refused.status, refused.json["code"], refused.headers["Retry-After"]) == (429, "flow_full", "30")
    act(world, "resume")
    world.work()
    submit(world, 1)


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_long_line_costs_one_look_a_minute(count: int) -> None:
    world = World({"echo": slow(2 * HOUR // SECOND)}, [job_type(deadline=86_400)])
    put(world, concurrency=10)
    for _ in range(count):
        world.submit(flow="one")
    world.work()
    assert shown(world) == (10, count - 10)
    world.clock.advance(MINUTE)

    with counted(world.store, "read_many", "read", "replace") as calls, counted(world.queue, "send") as sent:
        world.sweep()
        world.work()

    # The sweep reads the jobs of the slots and the first tickets. One wake-up pumps, and finds no free slot.
    assert calls == {"read_many": 2, "read": 1}
    assert sent == {"send": 1}


def test_a_type_can_have_a_flow_for_all_orgs_or_for_each() -> None:
    for per, running in (("deployment", 2), ("org", 4)):
        flow = Flow(concurrency=2, per=per)  # type: ignore[arg-type]
        world = World({"echo": slow(30)}, [job_type(flow=flow)])
        other = world.key("umbrella")
        for key in (world.acme, other) * 3:
            world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}, key=key)
        world.work()

        assert sum(job.slot is not None for job in world.store.all_jobs()) == running
        world.advance(10 * MINUTE)
        assert {job.status for job in world.store.all_jobs()} == {Status.COMPLETED}
        assert world.request("GET", "/v1/flows").json["flows"] == []


def test_a_job_of_a_type_with_a_flow_names_no_other() -> None:
    world = World(job_types=[job_type(flow=Flow(concurrency=2))])
    put(world)

    answer = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}, "flow": "one"})

    assert answer.json["errors"] == [
        {"pointer": "/flow", "message": "must not be given: echo has a flow of its own"}
    ]


def test_two_deploys_with_other_limits_of_a_type_keep_each_slot_to_one_job() -> None:
    world = World({"echo": slow(30)}, [job_type(flow=Flow(concurrency=3))])
    newer = World(
        {"echo": slow(30)}, [job_type(flow=Flow(concurrency=1))], store=world.store, clock=world.clock
    )
    newer.rebuild(queue=world.queue)
    for _ in range(6):
        world.submit()
    for number in range(40):
        wake_up = world.queue.receive()
        if wake_up is None:
            world.clock.advance(10 * SECOND)
            world.sweep()
        else:
            (world, newer)[number % 2].engine.worker.run(wake_up.job_id, lambda: 900 * SECOND)
        held = [job.slot for job in world.store.all_jobs() if job.slot is not None]
        assert len(held) == len(set(held)) <= 3
    world.advance(20 * MINUTE)

    assert {job.status for job in world.store.all_jobs()} == {Status.COMPLETED}


def test_the_jobs_of_a_schedule_have_its_flow() -> None:
    world = World()
    put(world, paused=True)
    body = {"rate": "1 minute", "type": "echo", "input": {"text": "x"}, "flow": "one"}
    assert world.request("PUT", "/v1/schedules/often", body).json["flow"] == "one"

    world.advance(3 * MINUTE)

    assert {job.flow for job in world.store.all_jobs()} == {ONE}
    assert shown(world)[1] >= 2


def test_a_flow_of_newer_code_is_neither_used_nor_deleted() -> None:
    world = World()
    put(world, concurrency=1)
    flow = world.store.flows.read(ONE)
    assert flow is not None
    world.store.flows.put(flow, flow.evolve(needs=("fairness",), written_by="newer"))

    job_id = world.submit(flow="one")
    world.work()

    assert world.job(job_id).status is Status.PENDING
    assert world.request("DELETE", "/v1/flows/one").status == 503
    assert world.request("PUT", "/v1/flows/one", {"concurrency": 2}).status == 503


def test_code_that_does_not_know_flows_leaves_their_jobs_and_schedules_alone() -> None:
    world = World()
    put(world)
    body = {"rate": "1 minute", "type": "echo", "input": {"text": "x"}, "flow": "one"}
    world.request("PUT", "/v1/schedules/often", body)
    [job_id] = submit(world, 1)

    with patch.object(job_module, "KNOWN_NEEDS", frozenset()):
        world.advance(5 * MINUTE)
        assert world.request("POST", f"/v1/jobs/{job_id}/cancel").status == 503
        assert world.job(job_id).status is Status.PENDING
        assert len(world.store.all_jobs()) == 1

    world.advance(5 * MINUTE)
    assert world.job(job_id).status is Status.COMPLETED


@pytest.mark.parametrize("call", ["view", "set_due", "read_many", "replace"])
def test_a_pump_that_gets_no_answer_leaves_its_wake_up_in_the_queue(call: str) -> None:
    world = World({"echo": slow(30)})
    put(world, concurrency=1)
    first, second = submit(world, 2)
    world.engine.worker.run(first, lambda: 900 * SECOND)
    port = world.store if call in ("read_many", "replace") else world.store.flows
    with patch.object(port, call, side_effect=Unavailable), suppress(Unclaimed, Unavailable):
        world.engine.worker.run(second, lambda: 900 * SECOND)

    world.advance(5 * MINUTE)

    assert {job.status for job in jobs(world, [first, second])} == {Status.COMPLETED}
    assert shown(world) == (0, 0)


def test_a_flow_is_named_by_a_header_in_every_contract_and_counts_in_the_fingerprint() -> None:
    world = World()
    put(world)
    hello = {"type": "echo", "input": {"text": "x"}}
    ask = [
        world.request("POST", "/v1/jobs", hello, idempotency_key="k", claimcheck_flow=flow)
        for flow in ("one", "one")
    ]

    assert [answer.json["flow"] for answer in ask] == ["one", "one"]
    assert ask[1].headers["Idempotent-Replayed"] == "true"
    assert world.request("POST", "/v1/jobs", hello, idempotency_key="k").status == 422
    twice = world.request("POST", "/v1/jobs", hello | {"flow": "one"}, claimcheck_flow="one")
    assert twice.json["errors"] == [
        {"pointer": "/flow", "message": "is already in the header Claimcheck-Flow"}
    ]
    unknown = world.request("POST", "/v1/jobs", hello, claimcheck_flow="two")
    assert unknown.json["errors"][0]["message"].startswith("the header Claimcheck-Flow: unknown flow")


def test_a_declaration_out_of_bounds_is_refused() -> None:
    for wrong in ({"concurrency": 0}, {"concurrency": 1001}, {"rate": Rate(0)}, {"rate": Rate(1, 86_401)}):
        with pytest.raises(ValueError, match="must be 1 to"):
            Flow(**wrong)
