"""What the local stack repairs after a deploy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from local import gaps


@pytest.mark.parametrize(
    ("mapping", "updates"),
    [
        (
            {"UUID": "m-1", "ScalingConfig": {"MaximumConcurrency": "4"}},
            [{"UUID": "m-1", "ScalingConfig": {"MaximumConcurrency": 4}}],
        ),
        ({"UUID": "m-1"}, []),
    ],
    ids=["workers", "pollers"],
)
def test_a_limit_of_workers_becomes_a_number_if_there_is_one(
    mapping: dict[str, Any], updates: list[dict[str, Any]]
) -> None:
    made: list[dict[str, Any]] = []
    functions = SimpleNamespace(
        list_event_source_mappings=lambda **_: {"EventSourceMappings": [mapping]},
        update_event_source_mapping=lambda **asked: made.append(asked),
    )
    at: Any = SimpleNamespace(client=lambda _: functions)

    gaps.limit_workers(at, {"WorkerName": "worker"})

    assert made == updates


@pytest.mark.parametrize("on", [True, False])
def test_routes_of_a_conditional_function_are_made_if_it_is_there(on: bool) -> None:
    def operation(function: str) -> dict[str, Any]:
        uri = {"Fn::Sub": f"arn:…/functions/${{{function}Aliaslive}}/invocations"}
        return {"x-amazon-apigateway-integration": {"uri": uri}}

    def conditional(value: dict[str, Any]) -> dict[str, Any]:
        return {"Fn::If": ["HasConsole", value, {"Ref": "AWS::NoValue"}]}

    body = {
        "paths": {
            "/{proxy+}": {"get": operation("GetJob")},
            "/console": conditional({"get": conditional(operation("ServeConsole"))}),
        }
    }
    made: list[str] = []
    client = SimpleNamespace(
        get_routes=lambda **_: {"Items": []},
        get_function_configuration=lambda **_: {"FunctionArn": "arn:function"},
        create_integration=lambda **_: {"IntegrationId": "i-1"},
        create_route=lambda **asked: made.append(asked["RouteKey"]),
    )
    at: Any = SimpleNamespace(client=lambda _: client)
    names = {"GetJobName": "get"} | ({"ServeConsoleName": "console"} if on else {})

    gaps.make_routes(at, body, {"ApiId": "a-1"} | names)

    assert made == ["GET /{proxy+}", "GET /console"][: 1 + on]
