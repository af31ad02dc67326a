"""The events have AWS's format, and the entry points accept them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventV2Model,
    EventBridgeModel,
    SqsModel,
)

from tests.kit import events

if TYPE_CHECKING:
    from pydantic import BaseModel

    from tests.kit.deployed import Deployed

MODELS: dict[str, type[BaseModel]] = {"tick": EventBridgeModel, "wake_ups": SqsModel}
NAMES = sorted(path.stem for path in events.FOLDER.glob("*.json"))
REQUESTS = [name for name in NAMES if name not in MODELS]
ROUTES = {"POST": "POST /{proxy+}", "GET": "GET /{proxy+}"}


@pytest.mark.parametrize("name", NAMES)
def test_an_event_has_the_published_shape(name: str) -> None:
    MODELS.get(name, APIGatewayProxyEventV2Model).model_validate(events.load(name))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_consistent_in_all_its_fields(name: str) -> None:
    event = events.load(name)
    context = event["requestContext"]
    sent = datetime.strptime(context["time"], "%d/%b/%Y:%H:%M:%S %z")

    assert event["rawPath"] == context["http"]["path"]
    assert event["routeKey"] == context["routeKey"] == ROUTES.get(context["http"]["method"], "$default")
    assert event.get("pathParameters", {}).get("proxy", event["rawPath"][1:]) == event["rawPath"][1:]
    assert event["headers"]["host"] == context["domainName"]
    assert int(sent.timestamp()) == context["timeEpoch"] // 1000
    assert all(name == name.lower() for name in event["headers"])
    if body := event.get("body"):
        assert event["headers"]["content-length"] == str(len(body.encode()))


def test_wake_ups_carry_the_digest_of_their_bodies() -> None:
    for record in events.load("wake_ups")["Records"]:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()


@pytest.mark.parametrize("name", REQUESTS)
def test_an_event_without_a_valid_key_is_answered_too(deployed: Deployed, name: str) -> None:
    answer = deployed.request(events.load(name))

    assert answer.status == {"get_health": 200, "unknown_route": 405}.get(name, 401)


def test_health_needs_no_key(deployed: Deployed) -> None:
    answer = deployed.request(events.load("get_health"))

    assert answer.json == {"status": "ok"}


def test_wake_ups_of_missing_jobs_are_consumed(deployed: Deployed) -> None:
    answer = deployed.invoke("worker", events.load("wake_ups"))

    assert answer == {"batchItemFailures": []}


def test_a_tick_with_nothing_due_does_nothing(deployed: Deployed) -> None:
    assert deployed.tick() == {"moved": 0, "woken": 0, "ended": 0, "slots": 0}
