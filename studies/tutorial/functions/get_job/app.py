"""`GET /jobs/{job_id}`: returns a job."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, event_source
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
jobs = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@event_source(data_class=APIGatewayProxyEvent)
def handler(event: APIGatewayProxyEvent, context: LambdaContext) -> dict[str, Any]:
    job_id = event.path_parameters["job_id"]
    job = jobs.get_item(Key={"job_id": job_id}).get("Item")
    if job is None or job["owner"] != event.request_context.authorizer["principalId"]:
        return answer(404, {"message": "No such job"})
    logger.info("Job read", job_id=job_id, status=job["status"])
    return answer(200, shown(job))


def shown(job: dict[str, Any]) -> dict[str, Any]:
    body = {name: job[name] for name in ("job_id", "status", "created_at", "updated_at")}
    if "result" in job:
        body["result"] = json.loads(job["result"])
    if "error" in job:
        body["error"] = job["error"]
    return body


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body),
    }
