"""`GET /jobs`: the caller's latest jobs."""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, event_source
from aws_lambda_powertools.utilities.typing import LambdaContext
from boto3.dynamodb.conditions import Key

LATEST = 50

logger = Logger()
jobs = boto3.resource("dynamodb").Table(os.environ["JOBS_TABLE"])


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@event_source(data_class=APIGatewayProxyEvent)
def handler(event: APIGatewayProxyEvent, context: LambdaContext) -> dict[str, Any]:
    owner = event.request_context.authorizer["principalId"]
    found = jobs.query(
        IndexName="by_owner",
        KeyConditionExpression=Key("owner").eq(owner),
        ScanIndexForward=False,
        Limit=LATEST,
    )["Items"]
    logger.info("Jobs listed", count=len(found))
    shown = [{name: job[name] for name in ("job_id", "status", "created_at")} for job in found]
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"jobs": shown}),
    }
