"""What the template's parameters accept: no value can deploy a stack that does not work."""

from __future__ import annotations

import re
from typing import Any

import pytest

from claimcheck.authoring.catalog import AROUND
from claimcheck.build.apps import read_apps
from claimcheck.installed import load_catalog
from tests.kit.deployment import PROJECT, TEMPLATE

PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
DEFAULTS = {name: str(each["Default"]) for name, each in PARAMETERS.items()}
APPS_OWN = {name for app in read_apps(PROJECT / "apps") for name in app.declared.parameters}
# "Lambda quotas": a new account's concurrent executions, until AWS raises them.
SMALLEST_ACCOUNT = 10


def holds(condition: Any, values: dict[str, str]) -> bool:
    """Evaluate a condition of a rule ("Rule-specific intrinsic functions")."""
    match condition:
        case {"Fn::Equals": [left, right]}:
            return value_of(left, values) == value_of(right, values)
        case {"Fn::Not": [inner]}:
            return not holds(inner, values)
    raise AssertionError(condition)


def value_of(term: Any, values: dict[str, str]) -> str:
    return values[term["Ref"]] if isinstance(term, dict) else str(term)


def refusals(**given: str) -> list[str]:
    """Return the messages of the rules that these values break."""
    values = DEFAULTS | given
    return [
        assertion["AssertDescription"]
        for rule in TEMPLATE["Rules"].values()
        if holds(rule.get("RuleCondition", {"Fn::Equals": ["", ""]}), values)
        for assertion in rule["Assertions"]
        if not holds(assertion["Assert"], values)
    ]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_has_a_default_bounds_and_a_description(name: str) -> None:
    parameter = PARAMETERS[name]
    bounds = {"MinValue", "MaxValue"} if parameter["Type"] == "Number" else {"AllowedPattern"}

    assert "AllowedValues" in parameter or bounds <= parameter.keys()
    assert parameter["Description"]
    assert len(parameter["Description"]) < 4000
    if "AllowedPattern" in parameter:
        assert re.fullmatch(parameter["AllowedPattern"], DEFAULTS[name])


@pytest.mark.parametrize("name", sorted(PARAMETERS.keys() - APPS_OWN))
def test_a_parameter_says_what_it_costs(name: str) -> None:
    assert re.search(r"\$\d|cost|charge", PARAMETERS[name]["Description"])


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_a_parameter_is_described_on_a_page(name: str) -> None:
    pages = [PROJECT / "docs/operations.md", *PROJECT.glob("apps/*/README.md")]

    assert any(f"| `{name}`" in page.read_text() or f", `{name}`" in page.read_text() for page in pages)


def test_the_defaults_and_each_single_change_obey_the_rules() -> None:
    assert refusals() == []
    assert refusals(Runtime="python3.12", SnapStart="PublishedVersions") == []
    assert refusals(WorkerMinPollers="2") == []
    assert refusals(Monitoring="false") == []


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        ({"Runtime": "python3.11"}, "Set Runtime to python3.12 or newer."),
        ({"WorkerMinPollers": "1"}, "Set WorkerMinPollers to 0, or to 2 and more."),
        ({"Monitoring": "false", "AlarmTopicArn": "arn:aws:sns:eu-west-1:123456789012:a"}, "Set Monitoring"),
    ],
)
def test_values_that_cannot_work_together_are_refused_with_a_remedy(
    given: dict[str, str], remedy: str
) -> None:
    [message] = refusals(**given)

    assert remedy in message


def test_python_3_11_runs_on_the_emulator() -> None:
    assert refusals(Runtime="python3.11", EndpointUrl="http://127.0.0.1:4566") == []


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("BasePath", "/jobs/v1.0", ["jobs", "/", "/jobs/", "/a b", "//"]),
        (
            "KmsKeyArn",
            "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234abcd",
            ["alias/mine", "arn:aws:kms:eu-central-1:123456789012:alias/mine"],
        ),
        ("AlarmTopicArn", "arn:aws-cn:sns:cn-north-1:123456789012:alarms", ["alarms"]),
        ("EndpointUrl", "http://127.0.0.1:4566", ["127.0.0.1:4566"]),
        ("TranslateUrl", "http://127.0.0.1:5000", ["127.0.0.1:5000"]),
        (
            "AllowOrigins",
            "https://a.example,http://localhost:3000",
            ["a.example", "https://a.example/", "https://a.example https://b.example", "*,https://a.example"],
        ),
    ],
)
def test_a_text_has_the_form_that_aws_needs(name: str, accepted: str, refused: list[str]) -> None:
    pattern = PARAMETERS[name]["AllowedPattern"]

    assert re.fullmatch(pattern, accepted)
    assert [each for each in refused if re.fullmatch(pattern, each)] == []


def test_every_worker_timeout_is_long_enough_for_every_job_type() -> None:
    longest = max(job_type.timeout for job_type in load_catalog().versions)

    assert PARAMETERS["WorkerTimeout"]["MinValue"] >= longest + AROUND


def test_the_default_number_of_workers_leaves_half_of_a_new_account_to_the_api() -> None:
    assert PARAMETERS["WorkerMaxConcurrency"]["Default"] <= SMALLEST_ACCOUNT / 2


def test_nothing_but_the_emulators_url_lets_jobs_call_their_own_machine() -> None:
    assert "AllowLoopback" not in PARAMETERS
    assert DEFAULTS["EndpointUrl"] == ""
