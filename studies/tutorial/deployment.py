"""The tutorial's tables and queues, created from its template in moto."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3

from studies.tutorial.template import of_type, properties, variables
from tests.kit.cloud import REGION, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

ROLE = "arn:aws:iam::123456789012:role/scheduler"


@dataclass(frozen=True)
class Deployment:
    """Resources by logical id: `names` has the values of `!Ref`, `arns` those of `!GetAtt ….Arn`."""

    names: dict[str, str] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=lambda: {"SchedulerRole": ROLE})

    @cached_property
    def _session(self) -> boto3.session.Session:
        return boto3.session.Session(region_name=REGION)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self._session.client("dynamodb")

    @cached_property
    def sqs(self) -> SQSClient:
        return self._session.client("sqs")

    @cached_property
    def scheduler(self) -> Any:
        return self._session.client("scheduler")

    def environment(self, function: str) -> dict[str, str]:
        """Return the environment of a function of the template, by its logical id."""
        return {name: self._resolve(value) for name, value in variables(function).items()}

    def issue_key(self, owner: str) -> str:
        key = f"key-of-{owner}"
        item = {"key_hash": {"S": hashlib.sha256(key.encode()).hexdigest()}, "owner": {"S": owner}}
        self.dynamodb.put_item(TableName=self.names["ApiKeysTable"], Item=item)
        return key

    def receive(self, queue: str = "Queue") -> list[dict[str, Any]]:
        """Receive and delete up to ten visible messages of a queue, as one batch."""
        url = self.names[queue]
        taken = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )
        messages = [dict(message) for message in taken.get("Messages", [])]
        for message in messages:
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=str(message["ReceiptHandle"]))
        return messages

    def _resolve(self, value: Any) -> str:
        match value:
            case {"Ref": name}:
                return self.names[name]
            case {"Fn::GetAtt": [name, "Arn"]}:
                return self.arns[name]
        return str(value)


def deploy() -> Deployment:
    made = Deployment()
    for name in of_type("AWS::DynamoDB::Table"):
        declared = {key: value for key, value in properties(name).items() if key in TABLE}
        made.dynamodb.create_table(TableName=name, **declared)
        made.names[name] = name
    for name in of_type("AWS::SQS::Queue"):
        visibility = str(properties(name)["VisibilityTimeout"])
        url = made.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": visibility})["QueueUrl"]
        queue = made.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        made.names[name], made.arns[name] = url, queue["Attributes"]["QueueArn"]
    return made
