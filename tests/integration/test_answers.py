"""The error responses of the entry points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit import events
from tests.kit.cloud import Cloud
from tests.kit.deployed import LambdaContext, load_handler
from tests.kit.world import Answer

if TYPE_CHECKING:
    from tests.kit.deployed import Deployed

# Words of the engine, AWS and Python that no response may contain.
INTERNALS = ("Traceback", "botocore", "boto3", "Exception", "dynamodb", "arn:aws", "claimcheck-", ".py")


def leaks(answer: Answer) -> list[str]:
    return [word for word in INTERNALS if word.lower() in (answer.text + str(answer.headers)).lower()]


def test_an_unknown_path_is_a_problem(deployed: Deployed) -> None:
    answer = deployed.request(events.with_path(events.load("get_job", deployed.key), "/v2/nothing"))

    assert answer.status == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["code"] == "route_not_found"


def test_the_answer_to_an_unknown_method_lists_the_known_ones(deployed: Deployed) -> None:
    answer = deployed.request(events.load("unknown_route", deployed.key))

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("name", ["submit_job", "get_job", "list_jobs", "cancel_job"])
def test_an_internal_error_names_the_request_and_no_internals(deployed: Deployed, name: str) -> None:
    nowhere = Cloud("claimcheck-gone", deployed.cloud.queue_url, deployed.cloud.bucket_name)
    function = "submit_job" if name in ("submit_job", "cancel_job") else "get_job"
    broken = load_handler(function, nowhere.environment(function), deployed.clock)

    event = events.load(name, deployed.key)
    raw = broken(event, LambdaContext())
    answer = Answer.of(raw)

    assert answer.status == 500
    assert answer.json["code"] == "internal_error"
    assert answer.json["request_id"] == event["requestContext"]["requestId"]
    assert leaks(answer) == []
