"""Runs the jobs of the queue, each message once."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from apps.samples.handlers import text_statistics
from apps.samples.job_types.text_statistics import Input

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext

DAY = 86_400

logger = Logger()
jobs = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])
processor = BatchProcessor(event_type=EventType.SQS)
records = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
once = IdempotencyConfig(event_key_jmespath="messageId", expires_after_seconds=DAY)


class Quiet:
    """A job context that ignores progress."""

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Do nothing."""


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    once.register_lambda_context(context)
    return process_partial_response(event=event, record_handler=work, processor=processor, context=context)


@idempotent_function(data_keyword_argument="record", persistence_store=records, config=once)  # type: ignore[untyped-decorator]
def work(record: SQSRecord) -> None:
    job = record.json_body
    logger.append_keys(job_id=job["job_id"])
    update(job["job_id"], status="RUNNING")
    result = text_statistics.handle(Input(**job["input"]), cast("JobContext", Quiet()))
    update(job["job_id"], status="DONE", result=result.model_dump_json())
    logger.info("Job done")


def update(job_id: str, **attributes: str) -> None:
    attributes["updated_at"] = datetime.now(UTC).isoformat()
    jobs.update_item(
        Key={"job_id": job_id},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
        ExpressionAttributeNames={f"#{name}": name for name in attributes},
        ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()},
    )
