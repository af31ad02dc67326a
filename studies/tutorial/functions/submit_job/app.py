"""`POST /jobs`: accepts a job, to run now or at its time."""

import json
import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, event_source
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

DAY = 86_400

logger = Logger()
jobs = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])
sqs = boto3.client("sqs")
scheduler = boto3.client("scheduler")
records = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
once = IdempotencyConfig(
    event_key_jmespath="[owner, key]", payload_validation_jmespath="body", expires_after_seconds=DAY
)


class TextStatistics(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    keywords: Annotated[int, Field(ge=0, le=50)] = 10


class Submission(BaseModel):
    input: TextStatistics
    run_at: AwareDatetime | None = None


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@event_source(data_class=APIGatewayProxyEvent)
def handler(event: APIGatewayProxyEvent, context: LambdaContext) -> dict[str, Any]:
    once.register_lambda_context(context)
    owner = event.request_context.authorizer["principalId"]
    try:
        job_id = submit(owner, event.headers.get("Idempotency-Key"), event.body)
    except ValidationError as error:
        errors = json.loads(error.json(include_input=False))
        return answer(400, {"message": "Invalid request", "errors": errors})
    except IdempotencyValidationError:
        return answer(422, {"message": "This Idempotency-Key was used for another request"})
    except IdempotencyAlreadyInProgressError:
        return answer(409, {"message": "A request with this Idempotency-Key is in progress"})
    logger.info("Job accepted", job_id=job_id)
    return answer(202, {"job_id": job_id, "status": "PENDING"}, Location=f"/v1/jobs/{job_id}")


def submit(owner: str, key: str | None, body: str | None) -> str:
    submission = Submission.model_validate_json(body or "")
    if key is None:
        return create(owner, submission)
    request = {"owner": owner, "key": key, "body": body}
    return str(create_once(request=request, submission=submission))


@idempotent_function(data_keyword_argument="request", persistence_store=records, config=once)  # type: ignore[untyped-decorator]
def create_once(request: dict[str, Any], submission: Submission) -> str:
    return create(request["owner"], submission)


def create(owner: str, submission: Submission) -> str:
    job_id, now = str(uuid4()), datetime.now(UTC).isoformat()
    jobs.put_item(
        Item={
            "job_id": job_id,
            "owner": owner,
            "status": "PENDING",
            "created_at": now,
            "updated_at": now,
            "expires_at": int(time.time()) + 7 * DAY,
        }
    )
    message = json.dumps({"job_id": job_id, "input": submission.input.model_dump()})
    if submission.run_at is None:
        sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=message)
    else:
        schedule(job_id, submission.run_at, message)
    return job_id


def schedule(job_id: str, run_at: datetime, message: str) -> None:
    scheduler.create_schedule(
        Name=job_id,
        ScheduleExpression=f"at({run_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={
            "Arn": os.environ["QUEUE_ARN"],
            "RoleArn": os.environ["SCHEDULER_ROLE_ARN"],
            "Input": message,
        },
    )


def answer(status: int, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json", **headers},
        "body": json.dumps(body),
    }
