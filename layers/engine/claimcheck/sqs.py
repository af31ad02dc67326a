"""The wake-up queue on a standard SQS queue, fair between orgs by message group."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.aws import call
from claimcheck.errors import OutcomeUnknown, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.ports import WakeUp

BATCH = 10  # "a maximum of 10 messages" (Amazon SQS API Reference, SendMessageBatch)


class SQSWakeUpQueue:
    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, wake_up: WakeUp) -> None:
        try:
            call(self._client.send_message, QueueUrl=self._url, **_message(wake_up))
        except OutcomeUnknown as error:
            raise Unavailable from error

    def send_many(self, wake_ups: Sequence[WakeUp]) -> int:
        return sum(self._send_batch(wake_ups[i : i + BATCH]) for i in range(0, len(wake_ups), BATCH))

    def _send_batch(self, wake_ups: Sequence[WakeUp]) -> int:
        entries = [{"Id": str(i), **_message(wake_up)} for i, wake_up in enumerate(wake_ups)]
        try:
            answer = call(self._client.send_message_batch, QueueUrl=self._url, Entries=entries)
        except Unavailable:
            return len(entries)
        return len(answer.get("Failed", []))


def wake_up_of(body: str) -> str:
    """The job id that a wake-up's body names. Raises: ValueError, KeyError, TypeError."""
    return str(json.loads(body)["job_id"])


def _message(wake_up: WakeUp) -> dict[str, Any]:
    return {
        "MessageBody": json.dumps({"job_id": wake_up.job_id}),
        "MessageGroupId": wake_up.org,
        "DelaySeconds": wake_up.delay,
    }
