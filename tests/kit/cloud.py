"""The template's table, queue and bucket, created in an emulator of AWS.

The schema is read from the template, so tests use the deployed one.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.utilities import dynamo_to_dict

from claimcheck.aws import calls as aws
from claimcheck.domain.job import SECOND
from claimcheck.settings import Settings
from tests.kit.deployment import FUNCTIONS, TEMPLATE, properties, variables
from tests.kit.light_moto import light_moto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moto.dynamodb.models.table import Table
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from claimcheck.domain.ports import Clock

REGION = "us-east-1"
# Properties that CloudFormation and DynamoDB's CreateTable share.
TABLE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
NO_VALUE = {"Ref": "AWS::NoValue"}

# moto is not thread-safe, and a sweep uses threads. A call can be inside another: one that sends a file reads
# it from S3.
_turn = RLock()


@dataclass(frozen=True)
class Cloud:
    table_name: str
    queue_url: str
    bucket_name: str

    @property
    def settings(self) -> Settings:
        return Settings.read(self.environment("SubmitJob"))

    def environment(self, function: str) -> dict[str, str]:
        """Return a function's environment, by its logical id or its folder."""
        logical_id = {folder: name for name, folder in FUNCTIONS.items()}.get(function, function)
        found = {name: self._resolve(value) for name, value in variables(logical_id).items()}
        return {name: str(value) for name, value in found.items() if value != NO_VALUE}

    def _resolve(self, value: Any) -> Any:
        names = {"Table": self.table_name, "Queue": self.queue_url, "Bucket": self.bucket_name}
        match value:
            case {"Ref": "AWS::NoValue"}:
                return value
            case {"Ref": name}:
                return names.get(name) or TEMPLATE["Parameters"][name]["Default"]
            case {"Fn::If": ["OnEmulator", _, on_aws]}:
                return self._resolve(on_aws)
            case {"Fn::If": ["BehindAmazonsRoots", _, elsewhere]}:
                return elsewhere
        return value

    @property
    def dynamodb(self) -> DynamoDBClient:
        return _clients().dynamodb

    @property
    def sqs(self) -> SQSClient:
        return _clients().sqs

    def items(self) -> list[dict[str, Any]]:
        """Return every item of moto's table at one moment, without a call for it."""
        with _turn:
            return [dynamo_to_dict(item.attrs) for item in self._table.all_items()]

    def clear(self) -> None:
        """Empty moto's table."""
        with _turn:
            self._table.items.clear()

    @property
    def _table(self) -> Table:
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[self.table_name]

    def receive(self) -> list[dict[str, Any]]:
        """Receive and delete every visible message of the queue."""
        messages: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue_url, MaxNumberOfMessages=10, AttributeNames=["All"]
            )
            if not answer.get("Messages"):
                return messages
            received: list[Any] = answer["Messages"]
            handles: list[Any] = [
                {"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in received
            ]
            self.sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=handles)
            messages += received


def deploy() -> Cloud:
    """Create the template's resources, with the environment's credentials and endpoint."""
    name = f"claimcheck-{uuid4().hex[:12]}"
    clients = _clients()
    _make_table(clients.dynamodb, name)
    visibility = TEMPLATE["Parameters"]["WorkerTimeout"]["Default"]
    queue = clients.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": str(visibility)})
    clients.s3.create_bucket(Bucket=name)
    return Cloud(name, queue["QueueUrl"], name)


class _Clients(NamedTuple):
    dynamodb: DynamoDBClient
    sqs: SQSClient
    s3: S3Client


def _clients() -> _Clients:
    return _clients_with(os.environ["AWS_ACCESS_KEY_ID"], os.environ.get("AWS_ENDPOINT_URL"))


@cache
def _clients_with(key: str, endpoint: str | None) -> _Clients:
    """Make clients with these settings of the environment: boto3's default session keeps its first ones."""
    session = boto3.session.Session(region_name=REGION)
    return _Clients(session.client("dynamodb"), session.client("sqs"), session.client("s3"))


def _make_table(client: DynamoDBClient, name: str) -> None:
    declared = properties("Table")
    client.create_table(TableName=name, **{key: declared[key] for key in TABLE})
    client.get_waiter("table_exists").wait(TableName=name)
    client.update_time_to_live(TableName=name, TimeToLiveSpecification=declared["TimeToLiveSpecification"])


@contextmanager
def moto_cloud() -> Iterator[Cloud]:
    """Yield a deployment in moto, in this process."""
    with light_moto(), pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.delenv("AWS_PROFILE", raising=False)
        patch.setattr(BotocoreStubber, "process_request", _one_at_a_time(BotocoreStubber.process_request))
        # A session keeps the credentials and the hooks of its creation.
        aws.session.cache_clear()
        yield deploy()
        aws.session.cache_clear()


def _one_at_a_time(process: Callable[..., Any]) -> Callable[..., Any]:
    def wait_and_process(*args: Any) -> Any:
        with _turn:
            return process(*args)

    return wait_and_process


@contextmanager
def queue_time(clock: Clock) -> Iterator[None]:
    """Make moto's queues use `clock`, so that delays pass without sleeping."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moto.sqs.models.unix_time_millis", lambda: float(clock.now()))
        patch.setattr("moto.sqs.models.unix_time", lambda: clock.now() / SECOND)
        yield
