"""What `make doctor` finds before a deploy, with a remedy for each."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from deploy import __main__ as commands
from deploy import bill, doctor
from deploy.account import Account, Stack
from deploy.stages import Refused, Stage, read_stage, retained
from tests.kit.deployment import PROJECT, TEMPLATE

if TYPE_CHECKING:
    from pathlib import Path

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
REGION = "eu-central-1"
DEFAULTS = {name: str(each["Default"]) for name, each in TEMPLATE["Parameters"].items()}


class Client:
    """Answers each operation with a value, or raises it."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, operation: str) -> Any:
        def call(**_: Any) -> Any:
            answer = self._answers[operation]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation: str) -> Any:
        return Client({"paginate": [self._answers[operation]]})


class FakeAccount:
    """An account in which everything is well, changed by `answers`."""

    region = REGION

    def __init__(self, stack: Stack | None = None, **answers: Any) -> None:
        self._stack = stack
        self._client = Client(
            {
                "get_caller_identity": {
                    "Account": "123456789012",
                    "Arn": "arn:aws:iam::123456789012:user/ada",
                },
                "list_tables": {"TableNames": ["claimcheck-devious-Table-1"]},
                "list_buckets": {"Buckets": []},
                "get_account_settings": {"AccountLimit": {"UnreservedConcurrentExecutions": 10}},
                "converse": {},
                "describe_key": {"KeyMetadata": {"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}},
            }
            | answers
        )

    def client(self, service: str) -> Client:
        return self._client

    def stack(self, name: str) -> Stack | None:
        return self._stack


def stage(**given: str) -> Stage:
    given = {"Runtime": RUNTIME} | given
    return Stage("dev", "claimcheck-dev", given, DEFAULTS | given)


def found(account: FakeAccount, **given: str) -> list[str]:
    """Return what is not ok."""
    findings = doctor.examine(stage(**given), account)  # type: ignore[arg-type]
    return [str(each) for each in findings if each.level != "ok" and "ModelId is empty" not in each.text]


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def test_a_new_account_can_deploy_with_the_defaults() -> None:
    assert found(FakeAccount()) == []


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (NoCredentialsError(), "aws sso login"),
        (NoRegionError(), "REGION=eu-central-1"),
        (refusal("ExpiredToken", "The security token has expired."), "has expired"),
    ],
)
def test_without_credentials_or_region_nothing_else_is_asked(error: Exception, remedy: str) -> None:
    [only] = found(FakeAccount(get_caller_identity=error, get_account_settings=AssertionError()))

    assert only.startswith("stop")
    assert remedy in only


def test_a_missing_interpreter_stops_the_deploy() -> None:
    [only] = found(FakeAccount(), Runtime="python3.99")

    assert only.startswith("stop  The build needs python3.99 on PATH")
    assert "samconfig.toml" in only


@pytest.mark.parametrize(
    ("given", "most"),
    [
        (
            {"WorkerMaxConcurrency": "20"},
            "WorkerMaxConcurrency in the stage dev of samconfig.toml to at most 5.",
        ),
        (
            {"WorkerMinPollers": "2"},
            "WorkerMaxPollers in the stage dev of samconfig.toml to at most 2.",
        ),
    ],
)
def test_workers_that_could_starve_the_api_stop_the_deploy(given: dict[str, str], most: str) -> None:
    [only] = found(FakeAccount(), **given)

    assert only.startswith("stop  20 workers")
    assert most in only


def test_what_a_deleted_stack_has_kept_is_named() -> None:
    account = FakeAccount(
        list_tables={"TableNames": ["claimcheck-dev-Table-ABC"]},
        list_buckets={"Buckets": [{"Name": "claimcheck-dev-bucket-abc"}]},
    )

    [only] = found(account)

    assert only.startswith(
        "note  An earlier stack has kept claimcheck-dev-Table-ABC, claimcheck-dev-bucket-abc."
    )
    assert "## Adopt a retained table" in (PROJECT / "docs/operations.md").read_text()


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("ROLLBACK_COMPLETE", "sam delete --stack-name claimcheck-dev"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name claimcheck-dev"),
        ("UPDATE_IN_PROGRESS", "Wait until"),
        ("UPDATE_ROLLBACK_COMPLETE", None),
    ],
)
def test_a_stack_that_cannot_be_updated_stops_the_deploy(status: str, remedy: str | None) -> None:
    stops = found(FakeAccount(Stack(status, {}, {})))

    assert [remedy in each for each in stops if remedy] == [True] * len(stops)
    assert len(stops) == (remedy is not None)


def test_a_first_deploy_whose_change_set_failed_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    account, left = Account(REGION), {"StackName": "claimcheck-dev", "StackStatus": "REVIEW_IN_PROGRESS"}
    monkeypatch.setattr(account, "client", lambda _: Client({"describe_stacks": {"Stacks": [left]}}))

    assert account.stack("claimcheck-dev") is None


def test_a_smoke_test_reaches_a_stack_of_a_version_without_a_base_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outputs = {"ApiUrl": "https://api.example.com", "TableName": "claimcheck-Table"}
    account = FakeAccount(Stack("UPDATE_COMPLETE", {}, outputs))
    monkeypatch.setattr(commands, "Account", lambda region: account)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)

    found = commands._deployed(Namespace(stack="claimcheck", region=None, url=""))

    assert found == ("https://api.example.com", "claimcheck-Table")


def test_a_value_that_the_stack_keeps_is_named_and_counted() -> None:
    account = FakeAccount(
        Stack("UPDATE_COMPLETE", {"WorkerMaxConcurrency": "30", "Runtime": "python3.12"}, {})
    )

    kept, starved = found(account)

    assert kept.startswith("note  WorkerMaxConcurrency keeps the stack's value '30'")
    assert starved.startswith("stop  30 workers")


def test_a_model_that_bedrock_refuses_stops_the_deploy() -> None:
    account = FakeAccount(converse=refusal("AccessDeniedException", "You don't have access to the model."))

    [only] = found(account, ModelId="amazon.nova-lite-v1:0")

    assert only.startswith(
        "stop  ModelId: Bedrock refuses amazon.nova-lite-v1:0 in eu-central-1: You don't have"
    )


def test_a_model_that_is_busy_stops_no_deploy() -> None:
    account = FakeAccount(converse=refusal("ThrottlingException", "Too many requests."))

    [only] = found(account, ModelId="amazon.nova-lite-v1:0")

    assert only.startswith("note  ModelId: Bedrock did not answer for amazon.nova-lite-v1:0 just now:")


def test_a_model_and_a_key_that_the_stack_keeps_are_checked() -> None:
    kept = {"ModelId": "amazon.nova-lite-v1:0", "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1"}
    refused, key = refusal("AccessDeniedException", "You don't have access."), {"KeyState": "Disabled"}
    account = FakeAccount(
        Stack("UPDATE_COMPLETE", kept, {}),
        converse=refused,
        describe_key={"KeyMetadata": key | {"KeySpec": "SYMMETRIC_DEFAULT"}},
    )

    stops = [each for each in found(account) if each.startswith("stop")]

    # An app brings the model.
    assert [each.split(":")[0] for each in stops] == [f"stop  {name}" for name in kept if name in DEFAULTS]


def test_a_model_that_only_the_worker_may_use_is_a_note() -> None:
    denied = "User: arn:… is not authorized to perform: bedrock:InvokeModel on resource: arn:…"
    account = FakeAccount(converse=refusal("AccessDeniedException", denied))

    [only] = found(account, ModelId="amazon.nova-lite-v1:0")

    assert only.startswith("note  check models: not possible")


def test_a_key_that_cannot_encrypt_stops_the_deploy() -> None:
    key = {"KeyMetadata": {"KeyState": "PendingDeletion", "KeySpec": "SYMMETRIC_DEFAULT"}}

    [only] = found(FakeAccount(describe_key=key), KmsKeyArn="arn:aws:kms:eu-central-1:123456789012:key/1")

    assert only.startswith("stop  KmsKeyArn: the key is PendingDeletion")


def test_a_check_that_is_not_allowed_is_a_note() -> None:
    [only] = found(FakeAccount(get_account_settings=refusal("AccessDenied", "not authorized")))

    assert only.startswith("note  check concurrency: not possible")


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_build_and_deploy_of_a_stage_have_the_same_parameters(name: str) -> None:
    read = read_stage(name)
    text = (PROJECT / "samconfig.toml").read_text()

    assert read.stack_name == f"claimcheck-{name}"
    assert {"Runtime", "Architecture"} <= read.given.keys()
    # Under `global` only: a command's own list would replace it.
    assert text.count("parameter_overrides = ") == 2
    for shared in ("dev", "prod"):
        assert f"[{shared}.global.parameters]\nstack_name" in text


def test_a_deploy_asks_nothing() -> None:
    text = (PROJECT / "samconfig.toml").read_text()

    assert text.count("confirm_changeset = false") == 3
    assert "--guided" not in (PROJECT / "Makefile").read_text() + (PROJECT / "README.md").read_text()


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match=r"no stage 'test'. STAGE is one of: dev, prod\."):
        read_stage("test")


def test_a_stage_has_the_values_that_sam_reads(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text((PROJECT / "template.yaml").read_text())
    (tmp_path / "samconfig.toml").write_text(
        "version = 0.1\n[dev.global.parameters]\nstack_name = 'claimcheck-dev'\nparameter_overrides = "
        """['KmsKeyArn=""', "AllowOrigins=https://a.example,https://b.example"]"""
    )

    assert read_stage("dev", tmp_path).given == {
        "KmsKeyArn": "",
        "AllowOrigins": "https://a.example,https://b.example",
    }


def test_the_bill_has_the_figures_of_the_cost_page() -> None:
    page = (PROJECT / "docs/cost.md").read_text()
    costs = bill.fixed_costs(DEFAULTS)

    assert len(costs) == 5
    assert [what for what, dollars in costs.items() if f"| {what} | ${dollars:.2f} |" not in page] == []


def test_the_bill_follows_the_parameters() -> None:
    chosen = DEFAULTS | {
        "Monitoring": "false",
        "KmsKeyArn": "arn:…",
        "WorkerMinPollers": "2",
        "Console": "true",
    }

    assert set(bill.fixed_costs(chosen)) == {
        "the sweeper, every minute",
        "the metrics of one job type",
        "your KMS key",
        "the console's secret",
    }
    assert "2 pollers" in bill.printed(chosen)


def test_what_is_adopted_is_a_template_of_its_own(tmp_path: Path) -> None:
    template = retained(read_stage("prod"))
    (tmp_path / "adopt.json").write_text(json.dumps(template))

    done = subprocess.run(["cfn-lint", tmp_path / "adopt.json"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert template["Resources"].keys() == {"Table", "Bucket"}


def test_what_is_adopted_is_described_as_the_stage_made_it() -> None:
    """Otherwise the next deploy sets what is set, which DynamoDB refuses."""
    key = "arn:aws:kms:eu-central-1:123456789012:key/1"

    adopted = retained(stage(KmsKeyArn=key, DeletionProtection="true"))["Parameters"]

    assert {name: each["Default"] for name, each in adopted.items()} == {
        "AllowOrigins": "",
        "DeletionProtection": "true",
        "KmsKeyArn": key,
    }
