"""The roles refuse: a probe runs as each function and tries what that function must not do."""

import io
import json
import textwrap
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.deploy import target
from local.stack import Stack

PROBE = """
    import boto3

    def handler(event, context):
        codes = []
        for service, operation, parameters in event:
            try:
                getattr(boto3.client(service), operation)(**parameters)
                codes.append("done")
            except Exception as error:
                response = getattr(error, "response", {"Error": {"Code": repr(error)}})
                codes.append(response["Error"]["Code"])
        return codes
"""
Probe = Callable[[str, list[Any]], list[str]]


@pytest.fixture(scope="module")
def probe(deployed: Stack) -> Iterator[Probe]:
    """Call AWS as one of the deployed functions, and return the error codes."""
    functions = deployed.endpoint.client("lambda")
    made = []

    def call(function: str, calls: list[Any]) -> list[str]:
        name = f"probe-{uuid.uuid4().hex[:8]}"
        deployed_as = functions.get_function_configuration(FunctionName=deployed.outputs[f"{function}Name"])
        functions.create_function(
            FunctionName=name,
            Runtime=target()["Runtime"],
            Role=deployed_as["Role"],
            Handler="probe.handler",
            Code={"ZipFile": zipped(textwrap.dedent(PROBE))},
            Timeout=30,
            Environment={"Variables": {"AWS_ENDPOINT_URL": deployed.aws_endpoint_url}},
        )
        made.append(name)
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(calls))
        codes: list[str] = json.loads(answer["Payload"].read())
        return codes

    yield call
    for name in made:
        functions.delete_function(FunctionName=name)


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("probe.py", source)
    return buffer.getvalue()


def calls_on(deployed: Stack) -> dict[str, Any]:
    table = {"TableName": deployed.outputs["TableName"]}
    key = {"pk": {"S": "JOB#probe"}, "sk": {"S": "JOB"}}
    org = {"pk": {"S": "ORG#probe"}, "sk": {"S": "ORG"}}
    added = {"UpdateExpression": "ADD credits :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    by_org = {"IndexName": "by_org", "KeyConditionExpression": "org = :org"}
    bucket = {"Bucket": deployed.outputs["BucketName"], "Key": "probe"}
    queue = {"QueueUrl": deployed.outputs["QueueUrl"]}
    return {
        "get": ["dynamodb", "get_item", table | {"Key": key}],
        "put": ["dynamodb", "put_item", table | {"Item": key}],
        "delete": ["dynamodb", "delete_item", table | {"Key": key}],
        "change credits alone": ["dynamodb", "update_item", table | {"Key": org} | added],
        "scan": ["dynamodb", "scan", table],
        "list": ["dynamodb", "query", table | by_org | {"ExpressionAttributeValues": {":org": {"S": "x"}}}],
        "write object": ["s3", "put_object", bucket],
        "delete object": ["s3", "delete_object", bucket],
        "read object": ["s3", "get_object", bucket],
        "send": ["sqs", "send_message", queue | {"MessageBody": "{}"}],
        "receive": ["sqs", "receive_message", queue],
        "read secret": ["ssm", "get_parameter", {"Name": "/claimcheck/added/pass_phrase"}],
        "read other secret": ["ssm", "get_parameter", {"Name": "/claimcheck/other/pass_phrase"}],
    }


@pytest.mark.parametrize(
    ("function", "refused"),
    [
        (
            "GetJob",
            ["put", "delete", "scan", "write object", "delete object", "send", "receive", "read secret"],
        ),
        # The emulator does not know which rows a role may change. So what a function may do to some rows is
        # not in its list; tests/integration/test_policies.py checks that it may do it to no others. This one
        # deletes schedules and changes flows.
        ("SubmitJob", ["scan", "list", "read object", "delete object", "receive", "read secret"]),
        # It deletes void rows of unique names and flows, and changes flows.
        ("Worker", ["scan", "delete object", "read other secret"]),
        # It deletes void rows of flows, and changes flows.
        ("Sweeper", ["scan", "list", "read object", "delete object", "receive", "read secret"]),
    ],
)
def test_a_function_cannot_do_more_than_its_work(
    function: str, refused: list[str], probe: Probe, deployed: Stack
) -> None:
    calls = calls_on(deployed)

    codes = probe(function, [calls[name] for name in refused])

    # S3 and SQS say AccessDenied, DynamoDB and Systems Manager say AccessDeniedException.
    answers = {name: code.removesuffix("Exception") for name, code in zip(refused, codes, strict=True)}
    assert answers == dict.fromkeys(refused, "AccessDenied")


def test_the_probe_can_do_its_functions_work(probe: Probe, deployed: Stack) -> None:
    calls = calls_on(deployed)

    assert probe("GetJob", [calls["get"], calls["list"]]) == ["done", "done"]
