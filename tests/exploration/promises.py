"""What must hold at the end of every history, and in every reading."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import CALLBACK_HORIZON, HOUR, MINUTE, Status
from tests.simulation.machine import check_callbacks, check_credits, check_ends, check_flows, check_orgs

if TYPE_CHECKING:
    from claimcheck.domain.job import Execution, Job
    from tests.exploration.backend import Backend
    from tests.exploration.process import Service

ORG = "acme"
STRANGER = "umbrella"
ORDER = (Status.PENDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED)


def check_end(service: Service, backend: Backend) -> None:
    """Let the time pass without faults until everything is over, then check what the simulation checks."""
    service.become(backend, "calm")
    hopeful = _settled(service)
    assert not backend.store.violations, backend.store.violations[0]
    chaos: Any = backend
    check_ends(chaos, hopeful)
    check_callbacks(chaos)
    check_orgs(chaos)
    check_flows(chaos)
    check_credits(chaos, ORG)


def _settled(service: Service) -> list[str]:
    """Return the jobs that had time enough left."""
    world, store = service.world, service.backend.store
    store.catch_up()
    for _ in range(3):
        _advance(service, MINUTE)
    now = world.clock.now()
    for schedule in store.schedules.all_schedules():
        going = schedule.next_at is not None and schedule.next_at > now - MINUTE
        assert going is not schedule.paused, "a schedule was forgotten"
        world.engine.schedule_editor.delete(schedule.org, schedule.name)
    for flow in world.engine.flow_reader.list_flows(ORG, 100, None).entries:
        if flow.limits.paused:
            world.engine.flow_editor.resume(flow.org, flow.name)
    soon = now + 10 * MINUTE
    hopeful = [job.job_id for job in store.all_jobs() if not job.ended_at and job.deadline > soon]
    for step in [MINUTE] * 90 + [HOUR] * (CALLBACK_HORIZON // HOUR):
        if all(job.due_at is None for job in store.all_jobs()):
            break
        _advance(service, step)
    return hopeful


def _advance(service: Service, duration: int) -> None:
    service.world.advance(duration)
    service.backend.store.catch_up()


def check_reading(before: Job, executions: list[Execution], after: Job) -> None:
    """Check what a client read: the job, its executions, and the job again."""
    numbers = [each.number for each in executions]
    assert numbers == list(range(len(numbers), 0, -1)), f"the executions are {numbers}"
    assert before.executions <= len(numbers) <= after.executions, "an execution is missing"
    running = [each.number for each in executions if each.outcome == "running"]
    assert running in ([], numbers[:1]), "two executions run"
    if before.written_by == after.written_by and before.lease is None:
        assert not running, "an execution that has ended is shown as running"
    assert ORDER.index(before.status) <= ORDER.index(after.status), "a status moved backwards"
    if before.ended_at is not None:
        assert (before.status, before.result, before.error) == (after.status, after.result, after.error)


def check_list(jobs: list[Job]) -> None:
    job_ids = [job.job_id for job in jobs]
    assert all(newer > older for newer, older in pairwise(job_ids)), f"the list is {job_ids}"


def check_deliveries(numbers: list[int]) -> None:
    assert numbers == list(range(len(numbers), 0, -1)), f"the deliveries are {numbers}"
