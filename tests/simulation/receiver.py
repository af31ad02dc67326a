"""The receiver of callbacks: it may be down, slow, gone, or answer too late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import SECOND
from claimcheck.outbound import Answer, TimedOut, Unreachable
from tests.simulation.witness import Killed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.domain.job import Millis
    from tests.simulation.chaos import Chaos

HOOK = "https://receiver.example.com/hook"
# The seconds that it may ask for before the next try.
ASKED = 90
FATES = (200,) * 6 + (500, 500, 429, 410, "unreachable", "timed out", "killed")


class Receiver:
    """Replaces `Outbound`. `took` has the times at which it accepted each job's end. It answered
    `turned_down` deliveries with a permanent refusal."""

    def __init__(self, chaos: Chaos) -> None:
        self._chaos = chaos
        self.took: dict[str, list[Millis]] = {}
        self.turned_down: set[str] = set()
        self.violations: list[str] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout: float
    ) -> Answer:
        chaos, job_id = self._chaos, headers["webhook-id"]
        self._check(job_id, json.loads(body))
        if chaos.calm:
            return self._answer(job_id, 200)
        chaos.world.clock.advance(chaos.random.choice((10, 900, 14 * SECOND, 50 * SECOND)))
        chaos.interlude(0.3)
        match chaos.random.choice(FATES):
            case "unreachable":
                raise Unreachable("connection_failed", "down")
            case "timed out":
                self._answer(job_id, 200)
                raise TimedOut
            case "killed":
                self._answer(job_id, 200)
                raise Killed
            case int(status):
                return self._answer(job_id, status)
        raise AssertionError

    def _answer(self, job_id: str, status: int) -> Answer:
        if status == 200:
            self.took.setdefault(job_id, []).append(self._chaos.clock.true())
        if status == 410:
            self.turned_down.add(job_id)
        headers = {"retry-after": str(self._chaos.random.choice((1, ASKED)))} if status == 429 else {}
        return Answer(status, headers, b"")

    def _check(self, job_id: str, reported: Any) -> None:
        end = self._chaos.store.ends.get(job_id)
        if end is None or reported["status"] != end.status or reported["job_id"] != job_id:
            self.violations.append("a wrong end was reported")
