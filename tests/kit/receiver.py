"""A world whose org has a signing secret, and whose callbacks may go to a server on this machine."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook

from claimcheck.domain.job import DAY, SECOND
from claimcheck.outbound import Outbound
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.settings import Settings
from tests.kit.world import World

if TYPE_CHECKING:
    from claimcheck.domain.job import Callback
    from tests.kit.upstream import Received


class CallingWorld(World):
    """Its clock starts at the real time, which the library's verifier uses."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts, settings=Settings(allow_loopback=True))
        self.clock.advance_to(time.time_ns() // 1_000_000)
        self.rebuild(outbound=Outbound(allow_loopback=True))
        self.secret = self.new_secret()

    def new_secret(self, org: str = "acme") -> str:
        return issue_secret(self.documents, org, self.clock.now())

    def submit(self, text: str = "hello", **body: Any) -> str:
        """Submit with a retention longer than any callback is retried."""
        return super().submit(text, **{"retention_seconds": 10 * DAY // SECOND} | body)

    def callback(self, job_id: str) -> Callback:
        callback = self.job(job_id).callback
        assert callback is not None
        return callback

    def deliveries(self, job_id: str) -> list[dict[str, Any]]:
        answer = self.request("GET", f"/v1/jobs/{job_id}/deliveries")
        assert answer.status == 200, answer.text
        return list(answer.json["deliveries"])


def verified(received: Received, secret: str) -> Any:
    """Return the message if it was signed with this secret. Raises: WebhookVerificationError."""
    return Webhook(secret).verify(received.body, received.headers)


def sent(received: Received) -> Any:
    return json.loads(received.body)
