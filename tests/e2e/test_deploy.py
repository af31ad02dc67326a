"""`make deploy` and `make smoke`, against the local stack."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from local.deploy import target
from tests.kit.deployment import PROJECT
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack import Stack

BUILT_WITH = '"Runtime=python3.13", "Architecture=arm64"'


def run(stack: Stack, project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = {
        **os.environ,
        **stack.endpoint.environ,
        "PYTHONPATH": f"{project}/layers/engine:{project}",
        "SAM_CLI_TELEMETRY": "0",
    }
    done = [sys.executable, "-m", "deploy", *command]
    return subprocess.run(done, cwd=project, env=environ, capture_output=True, text=True, check=False)


def test_a_smoke_test_shows_each_promise(deployed: Stack) -> None:
    with Upstream() as receiver:
        callback = receiver.at("/hook", reply())
        done = run(
            deployed,
            PROJECT,
            *("smoke", "--stack", deployed.stack_name, "--url", deployed.api_url),
            *("--callback", callback, "--no-wait"),
        )

    *kept, timer = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in kept if not line.startswith("ok ")] == []
    assert len(kept) == 7
    assert timer.startswith("skipped  a timer 20 minutes ahead")


def test_a_smoke_test_fails_where_a_promise_is_not_kept(deployed: Stack) -> None:
    with Upstream() as receiver:
        refused = receiver.at("/hook", reply(410))
        done = run(
            deployed,
            PROJECT,
            *("smoke", "--stack", deployed.stack_name, "--url", deployed.api_url),
            *("--callback", refused, "--no-wait"),
        )

    assert done.returncode == 1
    [failed] = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert failed.startswith("FAILED   the end of a job is sent to a URL: the callback was given up")


def test_a_fresh_copy_deploys_to_a_url_and_a_key(deployed: Stack, tmp_path: Path) -> None:
    for name in ("template.yaml", "packaging", "functions", "layers", "apps", "deploy", "local"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        else:
            shutil.copy(source, tmp_path / name)
    chosen = target() | {"EndpointUrl": deployed.endpoint.url}
    here = ", ".join(f'"{name}={value}"' for name, value in chosen.items())
    stages = (PROJECT / "samconfig.toml").read_text().replace(BUILT_WITH, here)
    (tmp_path / "samconfig.toml").write_text(stages)

    done = run(deployed, tmp_path, "deploy", "--stage", "dev", "--org", "acme")

    assert done.returncode == 0, done.stdout + done.stderr
    report = done.stdout.split("Successfully created/updated stack")[1]
    assert "The stack claimcheck-dev in us-east-1 has:" in report
    assert "a month without jobs" in report
    assert "URL  https://" in report
    assert '{"key": "cck_live_' in report
    functions = deployed.endpoint.client("lambda")
    stack = deployed.endpoint.client("cloudformation").describe_stacks(StackName="claimcheck-dev")["Stacks"][
        0
    ]
    [worker] = [each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == "WorkerName"]
    assert functions.get_function_configuration(FunctionName=worker)["Runtime"] == chosen["Runtime"]
    assert functions.get_alias(FunctionName=worker, Name="live")["FunctionVersion"] == "1"
