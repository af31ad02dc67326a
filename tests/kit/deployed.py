"""The four entry points, loaded as Lambda loads them, in front of moto and on one clock."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from claimcheck.aws.dynamodb.key_store import api_key_item
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import MINUTE, SECOND, Millis
from claimcheck.domain.keys import ApiKey
from claimcheck.http.admission import hash_key
from tests.kit import events
from tests.kit.deployment import FUNCTIONS, PROJECT
from tests.kit.world import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from claimcheck.testing import FrozenClock
    from tests.kit.cloud import Cloud

    Handler = Callable[[dict[str, Any], object], Any]

JOB = {"type": "echo", "input": {"text": "Leave your coat."}, "metadata": {"order": "4711"}}


class LambdaContext(NamedTuple):
    """The part of Lambda's context that functions read."""

    remaining: int = 120 * SECOND
    aws_request_id: str = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def load_handler(folder: str, environment: dict[str, str], clock: FrozenClock) -> Handler:
    """Import a function's `app` again, so that it builds its engine from this environment and this clock."""
    path = PROJECT / "functions" / folder / "app.py"
    spec = importlib.util.spec_from_file_location(f"functions.{folder}.app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr("claimcheck.bootstrap.SystemClock", lambda: clock)
        spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler


def load_handlers(cloud: Cloud, clock: FrozenClock) -> dict[str, Handler]:
    return {folder: load_handler(folder, cloud.environment(folder), clock) for folder in FUNCTIONS.values()}


def issue_key(cloud: Cloud, org: str) -> str:
    secret = f"cck_live_{org}"
    item = api_key_item(hash_key(secret), ApiKey(org=org))
    cloud.dynamodb.put_item(TableName=cloud.table_name, Item=item)
    return secret


@dataclass(frozen=True)
class Deployed:
    """The functions, and an org with a key."""

    cloud: Cloud
    clock: FrozenClock
    functions: Mapping[str, Handler]
    key: str

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Invoke a function. Like on Lambda, event and response are converted to JSON."""
        answer = self.functions[function](json.loads(json.dumps(event)), LambdaContext())
        return json.loads(json.dumps(answer))

    def request(self, event: dict[str, Any]) -> Answer:
        """Send an HTTP event to the function that the template's routes select."""
        method = event["requestContext"]["http"]["method"]
        answer = self.invoke("submit_job" if method in ("POST", "PUT", "DELETE") else "get_job", event)
        return Answer.of(answer)

    def submission(self, idempotency_key: str | None = None, **body: Any) -> dict[str, Any]:
        """Return the event of a job, changed by `body`."""
        return events.with_body(events.load("submit_job", self.key), JOB | body, idempotency_key)

    def submit(self, **body: Any) -> str:
        """Submit a job, changed by `body`, and return its id."""
        answer = self.request(self.submission(**body))
        assert answer.status == 202, answer.text
        return str(answer.json["job_id"])

    def get(self, job_id: str) -> Answer:
        return self.request(events.load("get_job", self.key, job_id))

    def deliver(self) -> list[str]:
        """Deliver every visible wake-up to the worker, and return the ids of failed ones."""
        messages = self.cloud.receive()
        if not messages:
            return []
        failures = self.invoke("worker", events.batch(messages))["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failures]

    def tick(self) -> dict[str, int]:
        return dict(self.invoke("sweeper", events.load("tick")))

    def advance(self, duration: int) -> None:
        """Advance the clock by minutes: at each, the sweeper runs and wake-ups are delivered."""
        for at in self._minutes(self.clock.now() + duration):
            self.clock.advance_to(at)
            self.tick()
            self.deliver()

    def _minutes(self, end: int) -> Iterator[int]:
        now = self.clock.now()
        yield from range((now // MINUTE + 1) * MINUTE, end, MINUTE)
        yield end

    def lose_wake_ups(self) -> int:
        """Delete every visible wake-up, and return their number."""
        return len(self.cloud.receive())

    def timestamp(self, ahead: Millis) -> str:
        """Return the time `ahead` of now, in the API's format."""
        return rfc3339(self.clock.now() + ahead)
