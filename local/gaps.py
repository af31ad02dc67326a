"""Fixes for MiniStack, after a deploy, where it differs from AWS.

Its CloudFormation makes no routes for an HTTP API, sets no TTL, and stores a number from a parameter as text.
Its IAM requires permissions that AWS does not have.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from local.endpoint import Endpoint

# The function and its alias. Version 0.1 has no alias.
FUNCTION = re.compile(r"\$\{(\w+?)(?:\.Arn|Alias(\w+))\}")


def close(at: Endpoint, stack_name: str, outputs: dict[str, str]) -> None:
    cloudformation = at.client("cloudformation")
    template = cloudformation.get_template(StackName=stack_name, TemplateStage="Processed")["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    make_routes(at, resources["Api"]["Properties"]["Body"], outputs)
    set_ttl(at, resources["Table"]["Properties"]["TimeToLiveSpecification"], outputs)
    limit_workers(at, outputs)
    allow_batches(at, outputs)
    allow_models(at, outputs)
    allow_parameters(at, outputs)


def make_routes(at: Endpoint, body: dict[str, Any], outputs: dict[str, str]) -> None:
    gateway, functions = at.client("apigatewayv2"), at.client("lambda")
    api = outputs["ApiId"]
    for former in gateway.get_routes(ApiId=api)["Items"]:
        gateway.delete_route(ApiId=api, RouteId=former["RouteId"])
    for key, function, alias in routes(body):
        if f"{function}Name" not in outputs:  # its condition is false
            continue
        found = functions.get_function_configuration(FunctionName=outputs[f"{function}Name"])
        integration = gateway.create_integration(
            ApiId=api,
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=":".join(filter(None, [found["FunctionArn"], alias])),
            PayloadFormatVersion="2.0",
        )["IntegrationId"]
        gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration}")


def routes(body: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Yield the route key, the function's logical id and its alias of each operation, also if it is off."""
    for path, operations in body["paths"].items():
        for verb, operation in given(operations).items():
            function = FUNCTION.search(json.dumps(given(operation)["x-amazon-apigateway-integration"]))
            if not function:
                raise ValueError(f"the route {verb} {path} has no function")
            key = "$default" if "$default" in path else f"{verb.upper()} {path}"
            yield key, function[1], function[2]


def given(value: dict[str, Any]) -> Any:
    """Return what a value is if its condition is true."""
    return value["Fn::If"][1] if "Fn::If" in value else value


def set_ttl(at: Endpoint, specification: dict[str, Any], outputs: dict[str, str]) -> None:
    at.client("dynamodb").update_time_to_live(
        TableName=outputs["TableName"], TimeToLiveSpecification=specification
    )


def limit_workers(at: Endpoint, outputs: dict[str, str]) -> None:
    """Store the mapping's concurrency as a number: text stops the poller."""
    functions = at.client("lambda")
    mappings = functions.list_event_source_mappings(FunctionName=outputs["WorkerName"])
    for mapping in mappings["EventSourceMappings"]:
        if limit := mapping.get("ScalingConfig"):  # none with WorkerMinPollers
            functions.update_event_source_mapping(
                UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": int(limit["MaximumConcurrency"])}
            )


def allow_batches(at: Endpoint, outputs: dict[str, str]) -> None:
    """On AWS the permission for SendMessage covers SendMessageBatch ("Amazon SQS batch actions")."""
    queue = at.client("sqs").get_queue_attributes(QueueUrl=outputs["QueueUrl"], AttributeNames=["QueueArn"])
    for sender in ("SubmitJobName", "WorkerName", "SweeperName"):
        grant(at, outputs[sender], "sqs:SendMessageBatch", queue["Attributes"]["QueueArn"])


def allow_models(at: Endpoint, outputs: dict[str, str]) -> None:
    """On AWS Converse needs the permission bedrock:InvokeModel ("Using the Converse API")."""
    grant(at, outputs["WorkerName"], "bedrock:Converse", "arn:aws:bedrock:*::foundation-model/*")


def allow_parameters(at: Endpoint, outputs: dict[str, str]) -> None:
    """It takes a parameter's ARN for its name. On AWS either will do (Systems Manager, "GetParameter")."""
    functions = at.client("lambda")
    worker = functions.get_function_configuration(FunctionName=outputs["WorkerName"])
    places = (each for each in worker["Environment"]["Variables"].values() if each.startswith("arn:aws:ssm:"))
    for place in places:
        account = place.partition(":parameter/")[0]
        grant(at, outputs["WorkerName"], "ssm:GetParameter", f"{account}:parameter/{place}")


def grant(at: Endpoint, function: str, action: str, resource: str) -> None:
    found = at.client("lambda").get_function_configuration(FunctionName=function)
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    at.client("iam").put_role_policy(
        RoleName=found["Role"].rsplit("/", 1)[1],
        PolicyName=re.sub(r"\W+", "-", f"emulator {action} {resource}")[-128:],
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
