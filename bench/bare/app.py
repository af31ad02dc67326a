"""The baseline: a handler that only reads one item with boto3."""

import os
from typing import Any

import boto3

client = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    job_id = event["pathParameters"]["proxy"].rpartition("/")[2]
    key = {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}}
    item = client.get_item(TableName=os.environ["TABLE_NAME"], Key=key, ConsistentRead=True)["Item"]
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": item["job"]["S"]}
