"""The tutorial's tables and queues, made from its template in whatever answers as AWS."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import boto3

from bench.tutorial.template import of_type, properties
from tests.cloud import REGION, TABLE

ROLE = "arn:aws:iam::123456789012:role/scheduler"
# CloudFormation calls them as SQS does; a redrive is Lambda's and SQS's own, and a test's to play.
QUEUE = ("VisibilityTimeout",)


@dataclass(frozen=True)
class Deployment:
    """By logical id: `names` is what `!Ref` gives, `arns` what `!GetAtt ….Arn` does."""

    names: dict[str, str] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=lambda: {"SchedulerRole": ROLE})

    def environment(self, function: str) -> dict[str, str]:
        """The variables that a function of the template, by its logical id, runs with."""
        declared = properties(function)["Environment"]["Variables"]
        return {name: self._resolve(value) for name, value in declared.items()} | {
            "POWERTOOLS_SERVICE_NAME": "jobs",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def issue_key(self, owner: str) -> str:
        key = f"key-of-{owner}"
        item = {"key_hash": {"S": hashlib.sha256(key.encode()).hexdigest()}, "owner": {"S": owner}}
        client("dynamodb").put_item(TableName=self.names["ApiKeysTable"], Item=item)
        return key

    def receive(self, queue: str = "Queue") -> list[dict[str, Any]]:
        """Take what is visible off a queue, at most the ten messages of one batch."""
        url = self.names[queue]
        taken = client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages: list[dict[str, Any]] = taken.get("Messages", [])
        for message in messages:
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def _resolve(self, value: Any) -> str:
        match value:
            case {"Ref": name}:
                return self.names[name]
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self.arns[name]
        raise LookupError(value)


def deploy() -> Deployment:
    made = Deployment()
    for name in of_type("AWS::DynamoDB::Table"):
        declared = {key: value for key, value in properties(name).items() if key in TABLE}
        client("dynamodb").create_table(TableName=name, **declared)
        made.names[name] = name
    for name in of_type("AWS::SQS::Queue"):
        attributes = {key: str(value) for key, value in properties(name).items() if key in QUEUE}
        url = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        made.names[name], made.arns[name] = url, told["Attributes"]["QueueArn"]
    return made


def client(service: Any) -> Any:
    return boto3.session.Session(region_name=REGION).client(service)
