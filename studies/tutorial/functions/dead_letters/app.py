"""Marks jobs as failed if the worker failed their messages too often."""

import os
from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
jobs = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])
processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(event=event, record_handler=give_up, processor=processor, context=context)


def give_up(record: SQSRecord) -> None:
    job_id = record.json_body["job_id"]
    jobs.update_item(
        Key={"job_id": job_id},
        UpdateExpression="SET #status = :status, #error = :error, #updated_at = :now",
        ExpressionAttributeNames={"#status": "status", "#error": "error", "#updated_at": "updated_at"},
        ExpressionAttributeValues={
            ":status": "FAILED",
            ":error": "The job could not be processed",
            ":now": datetime.now(UTC).isoformat(),
        },
    )
    logger.error("Job failed", job_id=job_id)
