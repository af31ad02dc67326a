"""Authorizes a request by the hash of its API key. API Gateway caches the result for 300 seconds."""

import hashlib
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerResponse,
    APIGatewayAuthorizerTokenEvent,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
api_keys = boto3.resource("dynamodb").Table(os.environ["API_KEYS_TABLE"])


@logger.inject_lambda_context
@event_source(data_class=APIGatewayAuthorizerTokenEvent)
def handler(event: APIGatewayAuthorizerTokenEvent, context: LambdaContext) -> dict[str, Any]:
    key = event.authorization_token.removeprefix("Bearer ")
    found = api_keys.get_item(Key={"key_hash": hashlib.sha256(key.encode()).hexdigest()}).get("Item")
    arn = event.parsed_arn
    policy = APIGatewayAuthorizerResponse(
        principal_id=str(found["owner"]) if found else "unknown",
        region=arn.region,
        aws_account_id=arn.aws_account_id,
        api_id=arn.api_id,
        stage=arn.stage,
    )
    # For all routes, because the result is cached by key only.
    if found:
        policy.allow_all_routes()
    else:
        policy.deny_all_routes()
    logger.info("Authorized" if found else "Denied", owner=policy.principal_id)
    return policy.asdict()
