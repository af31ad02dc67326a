"""A client's job through the tutorial, with the requests of each part."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from studies.tutorial.gateway import Gateway
from tests.kit import events
from tests.kit.measuring.life import POLLS, SMALL, Life, Observer, Part
from tests.kit.process import Processes

if TYPE_CHECKING:
    from studies.tutorial.running import Tutorial
    from tests.kit.bridge import Bridge
    from tests.kit.cloud import Cloud
    from tests.kit.measuring.life import Request

# Requests of a REST service are known by method and path (EventBridge Scheduler API Reference,
# "CreateSchedule").
NAMES = {"scheduler.POST": "scheduler.CreateSchedule"}


class Visitor:
    """A client with a new key, which API Gateway has not cached."""

    def __init__(self, tutorial: Tutorial, cloud: Cloud, aws: Bridge, owner: str) -> None:
        self._observer = Observer(Processes(cloud, aws, tutorial.functions))
        self._tutorial = tutorial
        self._gateway = Gateway(self._invoke, time.monotonic)
        self._parts: list[Part] = []
        self._key = tutorial.deployed.issue_key(owner)

    def live(self, idempotency_key: str | None = None) -> Life:
        """Run one small job, polled twice before it ends and then again."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        job_id, submit = self.submit({}, **headers)
        polls = [self._poll(job_id, "PENDING") for _ in range(2)]
        self._invoke("worker", events.batch(self._tutorial.deployed.receive()))
        work = self._seen()
        polls += [self._poll(job_id, "DONE") for _ in range(POLLS - len(polls))]
        return Life(submit, work, polls)

    def submit(self, more: dict[str, Any], **headers: str) -> tuple[str, Part]:
        """Submit a job and return its id."""
        body = {"input": SMALL["input"] | {"keywords": 1}} | more
        answer = self._gateway.request("POST", "/jobs", self._key, json.dumps(body), **headers)
        return json.loads(answer["body"])["job_id"], self._seen()

    def _poll(self, job_id: str, status: str) -> Part:
        answer = self._gateway.request("GET", f"/jobs/{job_id}", self._key)
        assert json.loads(answer["body"])["status"] == status
        return self._seen()

    def _invoke(self, folder: str, event: dict[str, Any]) -> Any:
        answer, part = self._observer.invoke(folder, event)
        self._parts.append(part)
        return answer

    def _seen(self) -> Part:
        """Return the requests since the last call."""
        whole, parts, self._parts = Part(), self._parts, []
        for part in parts:
            whole.requests += map(_named, part.requests)
            whole.invocations += part.invocations
            whole.log_bytes += part.log_bytes
        return whole


def _named(request: Request) -> Request:
    return request._replace(operation=NAMES.get(request.operation, request.operation))
