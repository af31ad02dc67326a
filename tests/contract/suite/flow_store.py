"""Flows: limits by version, one moment in a view, and slots and tickets that change only with their jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimcheck.domain.errors import Conflict, SlotTaken
from claimcheck.domain.flows import FIRST, Flow, Limits, Rate, Slot, Ticket
from claimcheck.domain.job import HOUR, MINUTE, SLOTS, FlowKey, Job
from tests.contract.suite.adapters import Adapters  # noqa: TC001 - Hypothesis reads the annotation
from tests.kit.flows import new_flow
from tests.kit.jobs import COUNT, MILLIS, NEEDS, NOW, RANDOMNESS, UNKNOWN, new_job, new_org

if TYPE_CHECKING:
    from claimcheck.domain.flows import View

RATES = st.builds(Rate, COUNT, COUNT, COUNT)
LIMITS = st.builds(Limits, COUNT, st.none() | RATES, st.booleans(), st.none() | COUNT)


def rewritten(flow: Flow, **changes: Any) -> Flow:
    return flow.evolve(written_by=RANDOMNESS.token(), **changes)


def stored(adapters: Adapters, **changes: Any) -> Flow:
    flow = new_flow(**changes)
    assert adapters.flows.put(None, flow)
    return flow


def job_in(adapters: Adapters, key: FlowKey, **changes: Any) -> Job:
    job = new_job(org=key.scope, flow=key, needs=(SLOTS,), **changes)
    adapters.store.insert(job, None, None)
    return job


def replaced(adapters: Adapters, old: Job, new: Job) -> Job:
    new = new.evolve(written_by=RANDOMNESS.token())
    adapters.store.replace(old, new)
    return new


def move(adapters: Adapters, job: Job, **changes: Any) -> Job:
    return replaced(adapters, job, job.evolve(**changes))


def places(view: View) -> tuple[list[tuple[int, str]], list[str]]:
    """Return the slots with their jobs, and the jobs in line."""
    return [slot[:2] for slot in view.slots], [ticket.job_id for ticket in view.tickets]


class FlowStoreSuite:
    @settings(
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(limits=LIMITS, created_at=MILLIS, updated_at=MILLIS, needs=NEEDS, unknown=UNKNOWN)
    def test_every_field_of_a_flow_is_read_as_it_was_stored(self, adapters: Adapters, **values: Any) -> None:
        flow = stored(adapters, **values)

        assert adapters.flows.read(flow.key) == adapters.flows.view(flow.key).flow == flow

    def test_a_flow_that_does_not_exist_is_none_and_empty(self, adapters: Adapters) -> None:
        key = new_flow().key

        assert adapters.flows.read(key) is None
        assert adapters.flows.view(key) == (None, None, None, (), (), None)
        assert adapters.flows.waiting(key, 10) == 0

    def test_a_flow_is_created_once(self, adapters: Adapters) -> None:
        flow = stored(adapters)

        assert not adapters.flows.put(None, rewritten(flow))
        assert adapters.flows.put(None, flow), "a repeat"
        assert adapters.flows.read(flow.key) == flow

    def test_a_flow_is_replaced_only_by_writers_who_have_read_it(self, adapters: Adapters) -> None:
        flow = stored(adapters)
        new = rewritten(flow, limits=Limits(5, Rate(1)), updated_at=NOW + 1)

        assert adapters.flows.put(flow, new)
        assert adapters.flows.put(flow, new), "a repeat"
        assert not adapters.flows.put(flow, rewritten(flow))
        assert adapters.flows.read(flow.key) == new

    def test_a_flow_that_is_gone_is_not_replaced(self, adapters: Adapters) -> None:
        flow = new_flow()

        assert not adapters.flows.put(flow, rewritten(flow))
        assert adapters.flows.read(flow.key) is None

    def test_a_replacement_keeps_what_the_line_needs_except_a_new_start(self, adapters: Adapters) -> None:
        flow = stored(adapters)
        adapters.flows.set_due(flow.key, None, NOW)
        adapters.flows.reserve(flow.key, None, 7, NOW)
        new = rewritten(flow)
        adapters.flows.put(flow, new)

        assert adapters.flows.view(flow.key)[1:3] == (NOW, 7)
        assert adapters.flows.put(new, rewritten(new), 9)
        assert adapters.flows.view(flow.key)[1:3] == (NOW, 9)

    def test_a_flow_is_deleted_only_as_it_was_read_and_while_it_is_not_due(self, adapters: Adapters) -> None:
        flow = stored(adapters)

        assert not adapters.flows.delete(rewritten(flow))
        adapters.flows.set_due(flow.key, None, NOW)
        assert not adapters.flows.delete(flow)
        adapters.flows.set_due(flow.key, NOW, None)
        assert adapters.flows.delete(flow)
        assert adapters.flows.delete(flow), "a repeat"
        assert adapters.flows.read(flow.key) is None
        assert adapters.flows.list_flows(flow.org, None, 10).entries == []

    def test_an_orgs_flows_are_listed_by_name_in_pages(self, adapters: Adapters) -> None:
        org = new_org()
        flows = [stored(adapters, org=org, name=name) for name in ("b", "a", "c")]
        stored(adapters)

        first = adapters.flows.list_flows(org, None, 2)
        second = adapters.flows.list_flows(org, first.after, 2)

        assert [*first.entries, *second.entries] == sorted(flows, key=lambda flow: flow.name)
        assert (first.after, second.after) == ("b", None)


class LineSuite:
    def test_slots_and_tickets_come_and_go_with_their_jobs(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        job = job_in(adapters, key)

        waiting = move(adapters, job, waits=NOW)
        assert places(adapters.flows.view(key)) == ([], [job.job_id])
        running = move(adapters, waiting, waits=None, slot=2)
        assert places(adapters.flows.view(key)) == ([(2, job.job_id)], [])
        assert adapters.flows.view(key).slots == (Slot(2, job.job_id, running.written_by),)
        progressed = move(adapters, running, updated_at=NOW + 1)
        replaced(adapters, progressed, progressed.ended(NOW + 2))
        assert places(adapters.flows.view(key)) == ([], [])

    def test_a_job_that_ends_in_line_leaves_it(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        job = move(adapters, job_in(adapters, key), waits=NOW)

        replaced(adapters, job, job.cancelled(NOW))

        assert places(adapters.flows.view(key)) == ([], [])

    def test_a_slot_is_given_to_one_job(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        first, second = job_in(adapters, key), move(adapters, job_in(adapters, key), waits=NOW)
        move(adapters, first, slot=0)

        with pytest.raises(SlotTaken):
            move(adapters, second, slot=0, waits=None)

        assert adapters.store.read(second.job_id) == second
        assert places(adapters.flows.view(key)) == ([(0, first.job_id)], [second.job_id])

    def test_a_write_that_is_too_late_takes_no_slot_and_gives_none_back(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        job = job_in(adapters, key)
        running = move(adapters, job, slot=0)

        for late in (job.evolve(slot=1), job.evolve(waits=NOW), running.evolve(slot=None)):
            with pytest.raises(Conflict):
                adapters.store.replace(job, late.evolve(written_by=RANDOMNESS.token()))

        assert places(adapters.flows.view(key)) == ([(0, job.job_id)], [])

    def test_a_repeated_write_takes_no_second_slot(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        job = job_in(adapters, key)
        running = move(adapters, job, slot=0)

        adapters.store.replace(job, running)

        assert places(adapters.flows.view(key)) == ([(0, job.job_id)], [])

    def test_a_line_is_sorted_by_time_and_its_first_are_shown(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        jobs = [job_in(adapters, key) for _ in range(FIRST + 2)]
        for number, job in enumerate(jobs):
            move(adapters, job, waits=NOW + (number * 7) % len(jobs))
        expected = sorted(jobs, key=lambda job: (jobs.index(job) * 7) % len(jobs))

        assert places(adapters.flows.view(key))[1] == [job.job_id for job in expected[:FIRST]]
        assert adapters.flows.waiting(key, 10_000) == FIRST + 2
        assert adapters.flows.waiting(key, 50) == 50

    def test_a_view_has_all_slots_and_the_first_of_the_line(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        for number in range(210):
            move(adapters, job_in(adapters, key), slot=number)
        waiting = move(adapters, job_in(adapters, key), waits=NOW)

        view = adapters.flows.view(key)

        assert [slot.number for slot in view.slots] == list(range(210))
        assert view.tickets == (Ticket(NOW, waiting.job_id, waiting.org, waiting.written_by),)

    def test_flows_of_one_name_are_apart(self, adapters: Adapters) -> None:
        keys = [stored(adapters).key for _ in range(2)]
        move(adapters, job_in(adapters, keys[0]), slot=0)

        assert places(adapters.flows.view(keys[1])) == ([], [])

    def test_a_void_row_is_deleted_only_as_it_was_seen(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        job, other = move(adapters, job_in(adapters, key), slot=0), job_in(adapters, key)
        waiting = move(adapters, other, waits=NOW)
        seen = Slot(0, job.job_id, job.written_by)
        ticket = Ticket(NOW, other.job_id, other.org, waiting.written_by)

        adapters.flows.delete_void(key, seen._replace(token="another"))
        adapters.flows.delete_void(key, ticket._replace(token="another"))
        assert places(adapters.flows.view(key)) == ([(0, job.job_id)], [other.job_id])
        for row in (seen, ticket, seen, ticket):
            adapters.flows.delete_void(key, row)
        assert places(adapters.flows.view(key)) == ([], [])


class DueFlowsSuite:
    def test_a_flow_is_due_from_its_time_on(self, adapters: Adapters) -> None:
        key = stored(adapters).key

        assert adapters.flows.set_due(key, None, NOW)
        assert (due(adapters, key, NOW - 1), due(adapters, key, NOW)) == ([], [key])
        assert not adapters.flows.set_due(key, None, NOW + HOUR)
        assert not adapters.flows.set_due(key, NOW + 1, NOW + HOUR)
        assert adapters.flows.set_due(key, NOW, NOW + MINUTE)
        assert adapters.flows.view(key).due_at == NOW + MINUTE
        assert due(adapters, key, NOW) == []
        assert not adapters.flows.set_due(key, NOW, None)
        assert adapters.flows.set_due(key, NOW + MINUTE, None)
        assert adapters.flows.view(key).due_at is None
        assert due(adapters, key, NOW + HOUR) == []

    def test_only_a_flow_of_a_job_type_comes_to_be_by_being_due(self, adapters: Adapters) -> None:
        missing, declared = new_flow().key, FlowKey(f"@{new_org()}", "echo")

        for key, created in ((missing, False), (declared, True)):
            assert adapters.flows.set_due(key, None, NOW) is created
            assert adapters.flows.reserve(key, None, NOW, NOW) is created

        assert adapters.flows.view(missing)[:3] == (None, None, None)
        assert adapters.flows.view(declared)[:3] == (None, NOW, NOW)
        assert due(adapters, declared, NOW) == [declared]

    def test_starts_are_reserved_by_one_at_a_time(self, adapters: Adapters) -> None:
        key = stored(adapters).key

        assert adapters.flows.reserve(key, None, 5, NOW)
        assert not adapters.flows.reserve(key, None, 6, NOW + 1)
        assert adapters.flows.view(key).turn == NOW
        assert adapters.flows.reserve(key, 5, 9, NOW + 2)
        assert not adapters.flows.reserve(key, 5, 9, NOW + 3)
        assert (adapters.flows.view(key).next_start_at, adapters.flows.view(key).turn) == (9, NOW + 2)

    def test_a_turn_is_ended_only_by_its_own_end(self, adapters: Adapters) -> None:
        key = stored(adapters).key
        adapters.flows.reserve(key, None, 5, NOW)

        adapters.flows.end_turn(key, NOW + 1)
        assert adapters.flows.view(key).turn == NOW
        adapters.flows.end_turn(key, NOW)
        assert (adapters.flows.view(key).turn, adapters.flows.view(key).next_start_at) == (None, 5)
        adapters.flows.end_turn(key, NOW)

    def test_due_flows_are_read_in_pages_with_jobs(self, adapters: Adapters) -> None:
        org, at = new_org(), RANDOMNESS.below(NOW)
        keys = [stored(adapters, org=org, name=f"flow-{number}").key for number in range(40)]
        for key in keys:
            adapters.flows.set_due(key, None, at)
        jobs = [new_job(org=org, due_at=at) for _ in range(20)]
        for job in jobs:
            adapters.store.insert(job, None, None)

        found = [
            each for each in all_due(adapters, at, limit=1) if each in [*keys, *(j.job_id for j in jobs)]
        ]

        assert len(found) == 60
        assert set(found) == {*keys, *(job.job_id for job in jobs)}


def all_due(adapters: Adapters, now: int, limit: int = 100) -> list[Any]:
    found: list[Any] = []
    for shard in range(16):
        after = None
        while True:
            page = adapters.store.due(shard, now, after, limit)
            found += page.found
            after = page.after
            if after is None:
                break
    return found


def due(adapters: Adapters, key: FlowKey, now: int) -> list[FlowKey]:
    """Return the flow as often as it is due, in any shard."""
    return [each for each in all_due(adapters, now) if each == key]
