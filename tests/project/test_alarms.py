"""The alarms, and that the page of operations says what to do about each."""

import json
import re
from typing import Any

import pytest

from tests.kit.deployment import PROJECT, RESOURCES, TEMPLATE, properties

ALARMS = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
WATCHED = {
    "ApiErrorsAlarm": ("AWS/ApiGateway", "5xx"),
    "DeadLetterAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "QueueAgeAlarm": ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
    "SweeperErrorsAlarm": ("AWS/Lambda", "Errors"),
    "SweeperMissingAlarm": ("AWS/Lambda", "Invocations"),
    "WorkerErrorsAlarm": ("AWS/Lambda", "Errors"),
    "WorkerThrottlesAlarm": ("AWS/Lambda", "Throttles"),
}
PAGE = (PROJECT / "docs/operations.md").read_text()
HEAD = "| alarm | what it means | how to look | what to do |"
LONGEST_DELAY = 900  # seconds: "Amazon SQS message quotas"


def test_these_are_watched() -> None:
    watched = {name: (properties(name)["Namespace"], properties(name)["MetricName"]) for name in ALARMS}

    assert watched == WATCHED


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_is_sent_to_the_topic_when_it_begins_and_ends(name: str) -> None:
    alarm = properties(name)
    topic = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}

    assert RESOURCES[name]["Condition"] == "IsMonitored"
    assert alarm["AlarmActions"] == alarm["OKActions"] == topic
    assert alarm["AlarmDescription"].count(". ") >= 1, "say what it means, and what to do"


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_the_page_of_operations_says_what_it_means_how_to_look_and_what_to_do(name: str) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    cells = [cell.strip() for cell in re.split(r" \| ", row.strip("|"))]

    assert HEAD in PAGE
    assert len(cells) == HEAD.count("|") - 1
    assert all(len(cell) > 20 for cell in cells[1:])


def test_silence_of_the_sweeper_alone_is_an_alarm() -> None:
    missing = {name: properties(name)["TreatMissingData"] for name in ALARMS}

    assert [name for name, treated in missing.items() if treated == "breaching"] == ["SweeperMissingAlarm"]


def test_a_delayed_wake_up_raises_no_alarm() -> None:
    assert properties("QueueAgeAlarm")["Threshold"] > LONGEST_DELAY


def test_the_dashboard_names_only_what_the_stack_has() -> None:
    body: str = properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    named = {name.split(".")[0] for name in re.findall(r"\$\{([\w:.]+)\}", body) if "::" not in name}
    widgets: list[dict[str, Any]] = json.loads(body)["widgets"]

    assert named <= RESOURCES.keys()
    assert len(widgets) <= 6
    assert TEMPLATE["Parameters"]["Monitoring"]["Default"] == "true"
