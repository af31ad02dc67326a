"""Schedules of a world, and the times at which their jobs ran."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import SECOND, Job, Millis
from claimcheck.domain.schedules import ScheduleKey
from claimcheck.service.schedules.editor import draft_of
from claimcheck.service.schedules.slots import slot_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.world import Answer, World

DAILY = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "hello"}}
PATH = "/v1/schedules/nightly"
NIGHTLY = ScheduleKey("acme", "nightly")


def put(world: World, path: str = PATH, **changes: Any) -> Answer:
    body = DAILY | changes
    answer = world.request("PUT", path, {name: each for name, each in body.items() if each is not ...})
    assert answer.status in (200, 201), answer.text
    return answer


def every(world: World, rate: str, **changes: Any) -> Answer:
    return put(world, cron=..., rate=rate, **changes)


def runs(world: World) -> list[str]:
    """Return each job's scheduled and real start in UTC, or one time if they are equal."""
    jobs = sorted(world.store.all_jobs(), key=lambda job: job.run_at)
    return [_line(job) for job in jobs if job.started_at is not None]


def _line(job: Job) -> str:
    assert job.started_at is not None
    wanted, began = (rfc3339(at, fraction=False) for at in (job.run_at, job.started_at))
    return wanted if wanted == began else f"{wanted} at {began}"


def go_to(world: World, text: str) -> None:
    world.clock.advance_to(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND)


def shown(world: World) -> dict[str, Any]:
    answer = world.request("GET", PATH)
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


class Stopping:
    """A job store whose process dies before or after it stores a slot's job, `times` times."""

    def __init__(self, store: Any, times: int, *, after: bool) -> None:
        self._store = store
        self._times = times
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def insert(self, *job: Any) -> None:
        if self._times > 0:
            self._times -= 1
            if self._after:
                self._store.insert(*job)
            raise Unavailable
        self._store.insert(*job)


def overtaken(world: World, act: Callable[[], Any]) -> Any:
    """Return a patch, in which others `act` once, just before a slot's job is stored."""
    store, acts = world.store, [act]

    def insert(*job: Any) -> None:
        if acts:
            acts.pop()()
        type(store).insert(store, *job)

    return patch.object(store, "insert", insert)


def submit_as_former_release(world: World, slot: Millis) -> str:
    """Submit a slot of the schedule, and die: the last release moves the schedule in another write."""
    schedule = world.store.schedules.read(NIGHTLY)
    draft = draft_of(schedule, world.clock.now(), slot)
    return world.engine.submission.submit(draft, slot_key(schedule, slot)).job.job_id
