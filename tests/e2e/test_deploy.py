"""`make deploy` and `make smoke`, against the local stack."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from local.deploy import target
from tests.kit.added_app import needs_job_types
from tests.kit.deployment import PROJECT
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack import Stack

STAGE = "claimcheck-dev"
BUILT_WITH = '"Runtime=python3.13", "Architecture=arm64"'


def run(stack: Stack, project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return run_any(stack, project, sys.executable, "-m", "deploy", *command)


def run_any(stack: Stack, project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {
        **os.environ,
        **stack.endpoint.environ,
        "PYTHONPATH": f"{project}/layers/engine:{project}",
        "SAM_CLI_TELEMETRY": "0",
    }
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)


def smoke(stack: Stack, callback: str) -> subprocess.CompletedProcess[str]:
    chosen = ["--stack", stack.stack_name, "--url", stack.api_url, "--callback", callback, "--no-wait"]
    return run(stack, PROJECT, "smoke", *chosen)


@needs_job_types("text_statistics", "table_report", "review_simulation")
def test_a_smoke_test_shows_each_promise(deployed: Stack) -> None:
    with Upstream() as receiver:
        done = smoke(deployed, receiver.at("/hook", reply()))

    *kept, timer = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in kept if not line.startswith("ok ")] == []
    assert len(kept) == 8
    assert timer.startswith("skipped  a timer 20 minutes ahead")


@needs_job_types("text_statistics")
def test_a_smoke_test_names_the_promise_that_is_not_kept(deployed: Stack) -> None:
    with Upstream() as receiver:
        done = smoke(deployed, receiver.at("/hook", reply(410)))

    assert done.returncode == 1
    [failed] = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert failed == "FAILED   the end of a job is sent to a URL: the callback was given up"


@pytest.fixture(scope="module")
def fresh(deployed: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project whose stages are built for this machine and its emulator."""
    copy = tmp_path_factory.mktemp("fresh")
    for name in ("template.yaml", "packaging", "functions", "layers", "apps", "deploy", "local", "console"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        else:
            shutil.copy(source, copy / name)
    chosen = target() | {"EndpointUrl": deployed.endpoint.url}
    here = ", ".join(f'"{name}={value}"' for name, value in chosen.items())
    stages = (PROJECT / "samconfig.toml").read_text().replace(BUILT_WITH, here)
    (copy / "samconfig.toml").write_text(stages)
    return copy


def outputs(stack: Stack) -> dict[str, str]:
    [found] = stack.endpoint.client("cloudformation").describe_stacks(StackName=STAGE)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}


def test_a_fresh_copy_deploys_to_a_url_and_a_key(deployed: Stack, fresh: Path) -> None:
    done = run(deployed, fresh, "deploy", "--org", "acme")

    assert done.returncode == 0, done.stdout + done.stderr
    report = done.stdout.split("Successfully created/updated stack")[1]
    assert f"The stack {STAGE} in us-east-1 has:" in report
    assert "a month without jobs" in report
    assert "URL  https://" in report
    assert '{"key": "cck_live_' in report
    functions, worker = deployed.endpoint.client("lambda"), outputs(deployed)["WorkerName"]
    built = functions.get_function_configuration(FunctionName=worker)
    assert built["Runtime"] == target()["Runtime"]
    assert built["Architectures"] == [target()["Architecture"]]
    assert functions.get_alias(FunctionName=worker, Name="live")["FunctionVersion"] == "1"


def test_the_table_of_a_deleted_stack_is_adopted(deployed: Stack, fresh: Path) -> None:
    cloudformation, kept = deployed.endpoint.client("cloudformation"), outputs(deployed)
    packaged = cloudformation.get_template(StackName=STAGE, TemplateStage="Original")["TemplateBody"]
    (fresh / "packaged.yaml").write_text(packaged)
    cloudformation.delete_stack(StackName=STAGE)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STAGE, WaiterConfig={"Delay": 1})
    found = run(deployed, fresh, "doctor")
    template = run(deployed, fresh, "adopt").stdout

    cloudformation.create_change_set(
        StackName=STAGE,
        ChangeSetName="adopt",
        ChangeSetType="IMPORT",
        TemplateBody=template,
        ResourcesToImport=[
            {
                "ResourceType": f"AWS::{service}",
                "LogicalResourceId": name,
                "ResourceIdentifier": {f"{name}Name": kept[f"{name}Name"]},
            }
            for service, name in (("DynamoDB::Table", "Table"), ("S3::Bucket", "Bucket"))
        ],
    )
    cloudformation.execute_change_set(StackName=STAGE, ChangeSetName="adopt")
    # As `make deploy` does last, with what it has uploaded before.
    again = run_any(
        deployed, fresh, "sam", "deploy", "--config-env", "dev", "--template-file", "packaged.yaml"
    )

    assert f"An earlier stack has kept {kept['TableName']}, {kept['BucketName']}." in found.stdout
    assert again.returncode == 0, again.stdout + again.stderr
    assert outputs(deployed)["TableName"] == kept["TableName"]
    assert outputs(deployed)["BucketName"] == kept["BucketName"]
    rows = deployed.endpoint.client("dynamodb").scan(TableName=kept["TableName"])["Items"]
    assert any(row["pk"]["S"].startswith("KEY#") for row in rows), "the first key is gone"
