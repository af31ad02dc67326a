"""Nothing that a caller sends appears in the logs, for good and bad requests and every outcome."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.kit import events
from tests.kit.deployed import issue_key
from tests.kit.process import Processes, all_running

if TYPE_CHECKING:
    from collections.abc import Iterator

# One value of each kind that belongs to a customer, recognisable by its name.
TEXT = "the-text-of-the-input"
IDEMPOTENCY_KEY = "the-idempotency-key"
METADATA = "the-metadata"
WRONG_KEY = "cck_live_the-wrong-key"
FIELD = "the-wrong-field"
TYPE = "the-wrong-type"
BROKEN = "the-broken-body"
CURSOR = "the-wrong-cursor"


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with all_running(tmp_path_factory.mktemp("logs")) as processes:
        yield processes


def submissions(key: str) -> Iterator[dict[str, Any]]:
    """Return every kind of body: valid, invalid, malformed; one that fails; one of another
    org."""
    event = events.load("submit_job", key)
    good = {"type": "echo", "input": {"text": TEXT}, "metadata": {"m": METADATA}}
    yield events.with_body(event, good, IDEMPOTENCY_KEY)
    yield events.with_body(event, good | {"metadata": {}}, IDEMPOTENCY_KEY)
    yield events.with_body(event, good | {FIELD: TEXT})
    yield events.with_body(event, good | {"type": TYPE})
    yield events.with_body(event, good | {"input": {"text": TEXT, "times": TEXT}})
    yield events.with_body(event, f'{{"{BROKEN}":')
    yield events.with_body(event, {"type": "fail", "input": {"note": TEXT}})
    yield events.with_body(events.load("submit_job", WRONG_KEY), good)


def test_no_value_of_a_caller_is_logged(processes: Processes) -> None:
    key = issue_key(processes.cloud, "acme")

    answers = [processes.invoke("submit_job", event) for event in submissions(key)]
    processes.deliver()
    first = json.loads(answers[0]["body"])["job_id"]
    for job_id in (first, first.upper(), BROKEN):
        processes.invoke("get_job", events.load("get_job", key, job_id))
        processes.invoke("submit_job", events.load("cancel_job", key, job_id))
    listing = events.load("list_jobs", key) | {"rawQueryString": f"cursor={CURSOR}&{FIELD}=1"}
    processes.invoke("get_job", listing)
    processes.invoke("sweeper", events.load("tick"))

    log = processes.log()
    reported = [TEXT, IDEMPOTENCY_KEY, METADATA, WRONG_KEY, FIELD, TYPE, BROKEN, CURSOR, key, "Bearer"]
    assert [answer["statusCode"] for answer in answers] == [202, 422, 422, 422, 422, 400, 202, 401]
    assert log.count("JobsEnded") == 4  # two jobs ended, each named in its metric's definition and value
    assert [each for each in reported if each.lower() in log.lower()] == []


def test_errors_are_logged_without_their_inputs(processes: Processes) -> None:
    key = issue_key(processes.cloud, "globex")
    event = events.load("submit_job", key)
    body = {"type": "echo", "input": {"text": TEXT}}
    record, *_ = events.load("wake_ups")["Records"]

    accepted = processes.invoke("submit_job", events.with_body(event, body, IDEMPOTENCY_KEY))
    break_input(processes, json.loads(accepted["body"])["job_id"])
    processes.deliver()
    returned = processes.invoke("worker", {"Records": [record | {"body": BROKEN}]})

    log = processes.functions["worker"].log
    assert "invalid input" in log
    assert "wake-up failed" in log
    assert len(returned["batchItemFailures"]) == 1
    assert [each for each in (TEXT, IDEMPOTENCY_KEY, BROKEN, key) if each in log] == []


def break_input(processes: Processes, job_id: str) -> None:
    """Make the stored input invalid, as if its model had changed."""
    processes.cloud.dynamodb.update_item(
        TableName=processes.cloud.table_name,
        Key={"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}},
        UpdateExpression="SET #input = :input",
        ExpressionAttributeNames={"#input": "input"},
        ExpressionAttributeValues={":input": {"S": json.dumps({"text": 7, "other": TEXT})}},
    )
