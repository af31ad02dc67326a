"""Run the queue's wake-ups, and report those that SQS must send again."""

from typing import Any, Protocol

from claimcheck import cold_start
from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.observability import failure, warn
from claimcheck.service.worker import Unclaimed


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


# Built at initialisation, when Lambda gives a function a whole CPU.
worker = bootstrap().worker
cold_start.end()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _run(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _run(record: dict[str, Any], context: LambdaContext) -> bool:
    """Follow a wake-up and return whether it is done. Broken ones end up in the dead-letter queue."""
    try:
        worker.run(wake_up_of(record["body"]), context.get_remaining_time_in_millis)
    except Unclaimed:
        return False
    except Unavailable as error:
        # The sweeper will find the job, so the wake-up need not end up in the dead-letter queue.
        warn("wake-up not followed: the sweeper will", message_id=record["messageId"], error=error.code)
    except Exception:  # noqa: BLE001 - one wake-up must not fail its whole batch
        failure("wake-up failed", message_id=record["messageId"])
        return False
    return True
