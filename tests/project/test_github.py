"""The workflow that deploys, and the role that AWS gives it."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
import yaml
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from deploy.stages import PROJECT, read_stage

GITHUB = PROJECT / ".github"
WORKFLOW: dict[Any, Any] = yaml.safe_load((GITHUB / "workflows/deploy.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STAGES = ("dev", "prod")


def commands(job: str) -> list[str]:
    return [step["run"].replace("${{ github.job }}", job) for step in JOBS[job]["steps"] if "run" in step]


def test_a_push_is_tested_and_then_deployed_to_dev() -> None:
    assert WORKFLOW[True]["push"] == {"branches": ["main"]}  # YAML 1.1 reads `on` as true
    assert commands("test") == ["make check", "make audit"]
    assert JOBS["dev"]["needs"] == "test"
    assert (JOBS["prod"]["needs"], JOBS["prod"]["if"]) == ("dev", "inputs.prod")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_deployed_and_walked_through(stage: str) -> None:
    stack = read_stage(stage).stack_name

    assert commands(stage) == [f"make deploy STAGE={stage}", f"make smoke STACK={stack} WAIT=no"]
    assert JOBS[stage]["environment"] == stage


@pytest.mark.parametrize("stage", STAGES)
def test_without_a_role_a_stage_does_nothing(stage: str) -> None:
    assert {step["if"] for step in JOBS[stage]["steps"]} == {"vars.AWS_ROLE != ''"}


@pytest.mark.parametrize("job", JOBS)
def test_only_a_job_that_deploys_can_ask_for_the_role(job: str) -> None:
    granted = JOBS[job].get("permissions", WORKFLOW["permissions"])

    assert granted == {"contents": "read"} | ({"id-token": "write"} if job in STAGES else {})
    assert "secrets." not in str(JOBS[job])


def test_the_workflow_has_the_python_of_the_stages() -> None:
    assert {read_stage(stage).parameters["Runtime"] for stage in STAGES} == {
        f"python{WORKFLOW['env']['PYTHON']}"
    }


def test_every_command_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))

    assert {command.split()[1] for job in JOBS for command in commands(job)} <= targets


def test_aws_gives_the_role_only_to_the_environments_of_one_repository() -> None:
    linted = subprocess.run(
        ["cfn-lint", GITHUB / "aws-role.yaml"], capture_output=True, text=True, check=False
    )
    role = yaml_parse((GITHUB / "aws-role.yaml").read_text())["Resources"]["Role"]["Properties"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    asked = statement["Condition"]["StringEquals"]

    assert linted.returncode == 0, linted.stdout
    assert asked["token.actions.githubusercontent.com:sub"] == [
        {"Fn::Sub": f"repo:${{Repository}}:environment:{stage}"} for stage in STAGES
    ]
    [roles] = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert [each["Fn::Sub"].rpartition("/")[2] for each in roles["Resource"]] == [
        f"{read_stage(stage).stack_name}-*" for stage in STAGES
    ]
