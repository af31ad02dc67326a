"""Schedules of a world, and the times at which their jobs ran."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import SECOND, Job
from claimcheck.domain.schedules import ScheduleKey

if TYPE_CHECKING:
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
    """A schedule store whose process dies before or after a write, `times` times."""

    def __init__(self, store: Any, times: int, *, after: bool) -> None:
        self._store = store
        self._times = times
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, old: Any, new: Any) -> bool:
        if self._times > 0:
            self._times -= 1
            if self._after:
                self._store.put(old, new)
            raise Unavailable
        stored: bool = self._store.put(old, new)
        return stored
