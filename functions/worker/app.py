"""Wake-ups from the queue, in batches; those that must come again are reported one by one."""

from typing import Any, Protocol

from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.observability import failure, warn
from claimcheck.service.worker import Unclaimed


class LambdaContext(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


# Built while Lambda initialises the function, which has a whole CPU for it.
worker = bootstrap().worker


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    failed = [record["messageId"] for record in event["Records"] if not _run(record, context)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _run(record: dict[str, Any], context: LambdaContext) -> bool:
    """Whether this wake-up is done with. One that is broken ends up in the dead-letter queue."""
    try:
        worker.run(wake_up_of(record["body"]), context.get_remaining_time_in_millis)
    except Unclaimed:
        return False
    except Unavailable as error:
        # The job is still in the safety net, so its wake-up need not come again and end up among those
        # that broke the worker.
        warn("wake-up not followed: the sweeper will", message_id=record["messageId"], error=error.code)
    except Exception:  # noqa: BLE001 - one wake-up must not take the others of its batch with it
        failure("wake-up failed", message_id=record["messageId"])
        return False
    return True
