"""An app's secret is a parameter with its place, and the worker's permission to read exactly that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from claimcheck.build.apps import InvalidApp, read_apps
from claimcheck.build.template import with_blocks
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from tests.unit.build.folder import Apps

DECLARED = """
[secrets]
stripe_key = "The key of our Stripe account."
"""
PLACE = {
    "Fn::If": [
        "HasLedgerStripeKeyArn",
        {"Ref": "LedgerStripeKeyArn"},
        {
            "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:"
            "parameter/${AWS::StackName}/ledger/stripe_key"
        },
    ]
}


def template(apps: Apps) -> dict[str, Any]:
    """Return the project's template with the blocks of these apps."""
    text = (PROJECT / "template.yaml").read_text()
    found: dict[str, Any] = yaml_parse(with_blocks(text, read_apps(apps.folder)))
    return found


def about_secrets(found: dict[str, Any], function: str) -> list[dict[str, Any]]:
    [policy] = found["Resources"][f"{function}Role"]["Properties"]["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return [each for each in statements if re.search(r"ssm:|secretsmanager:", str(each.get("Action")))]


def test_the_worker_alone_may_read_a_secret_and_only_where_it_lies(apps: Apps) -> None:
    apps.add("ledger", DECLARED)
    found = template(apps)

    granted = {name: about_secrets(found, name) for name in ("SubmitJob", "GetJob", "Worker", "Sweeper")}

    read = {
        "Effect": "Allow",
        "Action": ["ssm:GetParameter", "secretsmanager:GetSecretValue"],
        "Resource": PLACE,
    }
    assert granted == {"SubmitJob": [], "GetJob": [], "Worker": [read], "Sweeper": []}


def test_the_worker_knows_where_a_secret_lies_and_not_its_value(apps: Apps) -> None:
    apps.add("ledger", DECLARED)

    variables = template(apps)["Resources"]["Worker"]["Properties"]["Environment"]["Variables"]

    assert variables["LEDGER__STRIPE_KEY"] == PLACE


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        ("", True),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/shared/stripe", True),
        ("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:stripe-AbCdEf", True),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", False),
        ("arn:aws:ssm:eu-west-1:123456789012:document/shared", False),
        ("/shared/stripe", False),
    ],
)
def test_a_secrets_parameter_takes_an_arn_or_nothing(apps: Apps, place: str, allowed: bool) -> None:
    apps.add("ledger", DECLARED)

    declared = template(apps)["Parameters"]["LedgerStripeKeyArn"]

    assert declared["Default"] == ""
    assert declared["Description"].startswith("The key of our Stripe account. ")
    assert bool(re.fullmatch(declared["AllowedPattern"], place)) == allowed


def test_two_secrets_with_one_parameter_are_refused(apps: Apps) -> None:
    apps.add("ledger", '[secrets]\neu_key = "A key."')
    apps.add("ledger_eu", '[secrets]\nkey = "A key."')

    with pytest.raises(
        InvalidApp, match=r"ledger_eu/app\.toml: the parameter LedgerEuKeyArn is also declared"
    ):
        template(apps)


@pytest.mark.parametrize("name", ["Key", "2nd", "_key", "key_", "a__b", "a-b", "k" * 65])
def test_a_secrets_name_is_of_lower_case_words(apps: Apps, name: str) -> None:
    apps.add("ledger", f"[secrets]\n{name} = 'A key.'")

    with pytest.raises(InvalidApp, match=r"ledger/app\.toml:3: secrets\."):
        template(apps)


def test_the_worker_has_the_most_memory_and_time_that_an_app_needs(apps: Apps) -> None:
    apps.add("ledger", "[worker]\nmemory = 3008\n")
    apps.add("till", "[worker]\nmemory = 2048\ntimeout = 600\n")

    parameters = template(apps)["Parameters"]

    assert (parameters["WorkerMemory"]["Default"], parameters["WorkerTimeout"]["Default"]) == (3008, 600)
    assert parameters["WorkerTimeout"]["MinValue"] == 600


def test_without_needs_the_worker_has_the_usual_memory_and_time(apps: Apps) -> None:
    parameters = template(apps)["Parameters"]

    assert (parameters["WorkerMemory"]["Default"], parameters["WorkerTimeout"]["Default"]) == (1024, 120)


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("memory = 512", "worker.memory must be at least 1024"),
        ("memory = 10241", "worker.memory must be at most 10240"),
        ("timeout = 60", "worker.timeout must be at least 120"),
        ("timeout = 901", "worker.timeout must be at most 900"),
    ],
)
def test_a_need_that_no_worker_can_have_is_refused(apps: Apps, need: str, reason: str) -> None:
    apps.add("ledger", f"[worker]\n{need}")

    with pytest.raises(InvalidApp, match=reason):
        template(apps)
