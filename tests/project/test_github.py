"""The workflow that deploys, and the role that AWS gives it, whose template `make audit` validates."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from deploy.stages import read_stage
from tests.kit.deployment import FUNCTIONS, PROJECT, RESOURCES

GITHUB = PROJECT / ".github"
WORKFLOW: dict[Any, Any] = yaml.safe_load((GITHUB / "workflows/deploy.yml").read_text())
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STAGES = ("dev", "prod")
ROLE: dict[str, Any] = yaml_parse((GITHUB / "aws-role.yaml").read_text())["Resources"]["Role"]["Properties"]
STATEMENTS: list[dict[str, Any]] = ROLE["Policies"][0]["PolicyDocument"]["Statement"]
BOUNDARY = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess"}


def commands(job: str) -> list[str]:
    return [step["run"].replace("${{ github.job }}", job) for step in JOBS[job]["steps"] if "run" in step]


def test_a_push_is_tested_and_then_deployed_to_dev() -> None:
    assert WORKFLOW[True]["push"] == {"branches": ["main"]}  # YAML 1.1 reads `on` as true
    assert commands("test") == ["make check", "make up", "make smoke WAIT=no"]
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
    [statement] = ROLE["AssumeRolePolicyDocument"]["Statement"]
    asked = statement["Condition"]["StringEquals"]

    assert asked["token.actions.githubusercontent.com:sub"] == [
        {"Fn::Sub": f"repo:${{Repository}}:environment:{stage}"} for stage in STAGES
    ]


def test_the_role_changes_only_roles_of_the_stages() -> None:
    for statement in STATEMENTS:
        assert [each["Fn::Sub"].rpartition("/")[2] for each in statement["Resource"]] == [
            f"{read_stage(stage).stack_name}-*" for stage in STAGES
        ]


def test_the_role_gives_no_role_more_than_it_has_itself() -> None:
    bounded = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    conditions = {action: each.get("Condition") for each in STATEMENTS for action in each["Action"]}
    limited = {action for action, condition in conditions.items() if condition == bounded}

    assert ROLE["ManagedPolicyArns"] == [BOUNDARY]
    assert limited == {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}
    # With these it could take the boundary away, or give a role more in another way.
    assert not {"iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy"} & conditions.keys()
    assert not [action for action in conditions if "*" in action]


def test_every_role_of_the_template_has_the_boundary() -> None:
    roles = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::IAM::Role"]
    # The functions' and the console's. SAM creates a role for each schedule.
    events = [each["Properties"].get("Events", {}) for each in RESOURCES.values()]
    roles += [
        event["Properties"] for each in events for event in each.values() if event["Type"] == "ScheduleV2"
    ]

    assert [role["PermissionsBoundary"] for role in roles] == [BOUNDARY] * (len(FUNCTIONS) + 2)
