"""The wake-up queue: a standard SQS queue. Message groups make it fair between orgs."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, code_of
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.observability import warn
from claimcheck.domain.ports import WakeUp, chunks

BATCH = 10  # "a maximum of 10 messages" (Amazon SQS API Reference, SendMessageBatch)


class SQSWakeUpQueue:
    def __init__(self, service: Service, url: str) -> None:
        self._service = service
        self._url = url

    def send(self, wake_up: WakeUp) -> None:
        self._call(self._service.client.send_message, **_message(wake_up))

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        return [unsent for batch in chunks(wake_ups, BATCH) for unsent in self._send_batch(batch)]

    def waiting(self) -> int:
        asked = "ApproximateNumberOfMessages"
        answer = self._call(self._service.client.get_queue_attributes, AttributeNames=[asked])
        return int(answer["Attributes"][asked])

    def _send_batch(self, wake_ups: Sequence[WakeUp]) -> Sequence[WakeUp]:
        entries = [{"Id": str(i), **_message(wake_up)} for i, wake_up in enumerate(wake_ups)]
        try:
            answer = self._call(self._service.client.send_message_batch, Entries=entries)
        except Unavailable:
            return wake_ups
        return [wake_ups[int(failed["Id"])] for failed in answer.get("Failed", [])]

    def _call(self, operation: Callable[..., Any], **params: Any) -> Any:
        """Raises: Unavailable, for any refusal: jobs are stored, and the sweeper sends their wake-ups."""
        try:
            return self._service.call(operation, QueueUrl=self._url, **params)
        except ClientError as error:
            warn("SQS refuses", error=code_of(error))
            raise Unavailable from error


def wake_up_of(body: str) -> str:
    """Return the job id in a wake-up's body. Raises: ValueError, KeyError, TypeError."""
    job_id = json.loads(body)["job_id"]
    if not isinstance(job_id, str):
        raise TypeError("a job id must be a string")
    return str(UUID(job_id))


def _message(wake_up: WakeUp) -> dict[str, Any]:
    return {
        "MessageBody": json.dumps({"job_id": wake_up.job_id}),
        "MessageGroupId": wake_up.org,
        "DelaySeconds": wake_up.delay,
    }
