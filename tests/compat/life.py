"""A deployment in the middle of its life, with a job in every state: `python -m tests.compat.life FILE`.

The file has all rows and objects of the table and the bucket. Every release adds its own, and every later
version reads them (`test_former_rows.py`). So this module uses only what each of them has.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimcheck.authoring import Again, Fail, Retry, RetryPolicy
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.outbound import Answer
from claimcheck.service.attempt import Overrun
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.testing import FrozenClock
from tests.kit.cloud import Cloud, moto_cloud
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOOK = "https://hooks.example.com/ended"
PRICE = 10
# Larger than a row keeps.
LONG = "long " * 900
LATER = 10 * MINUTE / SECOND
BODIES: dict[str, dict[str, Any]] = {
    "completes": {"metadata": {"customer": "Ada"}},
    "completes, in a bucket": {"input": {"text": LONG}},
    "fails": {},
    "fails, from a bucket": {"input": {"text": LONG}},
    "is cancelled": {},
    "owes a callback": {"callback_url": HOOK},
    "delivered a callback": {"callback_url": HOOK},
    "runs": {},
    "runs, from a bucket": {"input": {"text": LONG}},
    "runs, and is to be cancelled": {},
    "waits for another attempt": {},
    "waits for another poll": {},
    "ran into its timeout": {},
    "is a timer": {"run_at": 20 * MINUTE},
    "is pending": {},
}


class Receiver:
    """Replaces the client for callbacks. While it is `down`, it refuses them."""

    def __init__(self) -> None:
        self.down = False
        self.took: list[str] = []

    def request(self, method: str, url: str, headers: Mapping[str, str], *rest: Any, **more: Any) -> Answer:
        if not self.down:
            self.took.append(headers["webhook-id"])
        return Answer(503 if self.down else 204, {}, b"")


class Lost(BaseException):
    """The process of the worker is gone."""


class Life(World):
    """A world over the AWS adapters. Its handler does what `fate` says, or completes."""

    def __init__(self, cloud: Cloud, now: int | None = None) -> None:
        clock = FrozenClock() if now is None else FrozenClock(now)
        engine = bootstrap(cloud.settings, clock)
        declared = job_type(retry=RetryPolicy(max_attempts=3, base=2, cap=30), price=lambda given: PRICE)
        super().__init__(
            {"echo": self.live},
            [declared],
            store=engine.store,
            keys=engine.keys,
            documents=engine.documents,
            objects=engine.objects,
            files=engine.files,
            timer=self._time,
            settings=cloud.settings,
        )
        self.clock.advance_to(clock.now())
        self.receiver = Receiver()
        self.fate = ""
        self.rebuild(
            credits=engine.credits,
            schedule_store=engine.schedule_store,
            flow_store=engine.flow_store,
            outbound=self.receiver,
        )

    def live(self, given: Words, job: Any) -> Any:
        job.progress(1, 2, "half")
        job.note(model="none")
        match self.fate:
            case "fails" | "fails, from a bucket":
                return Fail("no_such_coat", "There is no such coat.")
            case "waits for another attempt":
                return Retry(after=LATER, message="The upstream is busy.", code="busy")
            case "waits for another poll":
                return Again(after=LATER, state={"seen": 1})
            case "ran into its timeout":
                raise Overrun
        return Echo(text=given.text)

    @contextmanager
    def _time(self, duration: int) -> Iterator[None]:
        yield
        if self.fate.startswith("runs"):
            raise Lost

    def work(self, remaining: int = 900 * SECOND) -> None:
        try:
            super().work(remaining)
        except Lost:
            return

    def pass_time(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            self.sweep()
            self.work()


def live(world: Life) -> dict[str, str]:
    """Bring a job into each state. Return their ids, by the state."""
    now = world.clock.now()
    issue_secret(world.documents, "acme", now)
    world.engine.credits.add_credits("acme", 1000, now, world.randomness.token())
    world.key("acme", disabled=True, label="old")
    world.key("poor", plan="paid", scopes=("jobs:read",))
    _keep_schedules(world)
    now, jobs = world.clock.now(), {}
    for fate, body in BODIES.items():
        asked = {"type": "echo", "input": {"text": fate}, "metadata": {"fate": fate}} | body
        if "run_at" in body:
            asked["run_at"] = rfc3339(now + body["run_at"])
        answer = world.request("POST", "/v1/jobs", asked, idempotency_key=fate)
        assert answer.status == 202, answer.text
        jobs[fate] = answer.json["job_id"]
        world.fate, world.receiver.down = fate, fate.startswith("owes")
        if fate == "is cancelled":
            world.request("POST", f"/v1/jobs/{jobs[fate]}/cancel")
        if fate != "is pending":
            world.work()
        if fate == "runs, and is to be cancelled":
            world.request("POST", f"/v1/jobs/{jobs[fate]}/cancel")
    return jobs


def _keep_schedules(world: Life) -> None:
    asked: dict[str, Any] = {"type": "echo", "input": {"text": "again"}}
    wanted: dict[str, dict[str, Any]] = {
        "every": {"rate": "5 minutes", "missed": "run_once"},
        "nightly": {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "metadata": {"team": "ops"}},
        "paused": {"rate": "1 minute", "paused": True},
    }
    for name, body in wanted.items():
        answer = world.request("PUT", f"/v1/schedules/{name}", asked | body)
        assert answer.status == 201, answer.text
    # The first slot's job is submitted, and waits for its time.
    world.clock.advance(5 * MINUTE - 80 * SECOND)
    world.sweep()


def record() -> dict[str, Any]:
    """Return the rows and objects of a deployment, the job of each state, and the time."""
    with moto_cloud() as cloud:
        world = Life(cloud)
        jobs = live(world)
        items = sorted(cloud.items(), key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
        keys = {item["job"]["S"] for item in items if "job" in item}
        objects = {
            payload["key"]: world.objects.get(payload["key"])
            for document in map(json.loads, keys)
            if "job_id" not in document
            for payload in (document.get("input"), document.get("result"))
            if payload and payload.get("key")
        }
        return {
            "now": world.clock.now(),
            "api_key": world.acme,
            "jobs": jobs,
            "items": items,
            "objects": objects,
        }


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(record(), indent=1, ensure_ascii=False, sort_keys=True) + "\n")
