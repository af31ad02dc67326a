"""`make app` creates an app that passes every check, and changes nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from claimcheck.build.scaffold import write_app
from local import deploy
from local.progress import StepFailed
from tests.kit.added_app import needs_job_types
from tests.kit.deployment import PROJECT
from tests.project.copies import make_copy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.project.copies import Copy

# The tests that cover every new app.
LOOKING = [
    "tests/project/test_template.py",
    "tests/project/test_docs.py",
    "tests/project/test_errors_page.py",
    "tests/project/test_imports.py",
    "-k",
    "not sam_accepts",
]
# Runs the job of the new app's README.
RUN = """
import json, sys
from claimcheck.installed import find_handler, load_catalog
from tests.kit.world import World

body = json.loads(sys.argv[1])
world = World(job_types=list(load_catalog()), handlers={body["type"]: find_handler(body["type"])})
accepted = world.request("POST", "/v1/jobs", body)
world.work()
print(json.dumps(world.request("GET", accepted.json["poll_url"]).json["result"]))
"""


# Runs `make job` with each of these arguments, and prints its exit codes.
JOBS = """
import json, runpy, sys

for arguments in json.loads(sys.argv[1]):
    sys.argv[1:] = ["job", *arguments]
    try:
        runpy.run_module("local", run_name="__main__")
    except SystemExit as end:
        print(end.code)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return make_copy(tmp_path)


@pytest.mark.parametrize("name", ["billing", "a_name_that_is_as_long_as_can_be"])
def test_a_new_app_is_checked_tested_and_run(copy: Copy, name: str) -> None:
    copy.python("claimcheck.build", "app", name)
    copy.make_index()

    assert {path.split("/")[1] for path in copy.changes()} == {name}
    assert {path.split("/")[0] for path in copy.changes()} == {"apps"}
    copy.lint(f"apps/{name}")
    assert " passed" in copy.test(f"apps/{name}")
    [body] = re.findall(r"-d '(.*)'", (copy.folder / f"apps/{name}/README.md").read_text())
    last = copy.run(sys.executable, "-c", RUN, body).splitlines()[-1]
    assert json.loads(last) == {"greeting": "Hello, Ada!"}
    shown = copy.run(sys.executable, "-m", "local", "job", name, '{"name": "Ada"}')
    assert shown.startswith("progress  1 of 1")
    assert json.loads(shown.partition("completed ")[2]) == {"greeting": "Hello, Ada!"}


def test_an_app_that_would_fail_on_lambda_stops_the_build(copy: Copy, tmp_path: Path) -> None:
    write_app(copy.folder / "apps", "billing")
    handler = copy.folder / "apps/billing/handlers/billing.py"
    handler.write_text(f"import hypothesis\n{handler.read_text()}")

    with pytest.raises(StepFailed) as failed:
        deploy.build(copy.folder, tmp_path / "builds", tmp_path / "build.log")

    assert (
        "apps/billing/handlers/billing.py:1: `hypothesis` does not ship with this module. Add its package to "
        "`requirements.worker` in apps/billing/app.toml, and run `make lock`.\n"
    ) in str(failed.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("app", "NAME is missing. Example: make app NAME=billing"),
        ("key", "ORG is missing. Example: make key ORG=acme"),
        ("keys", "ORG is missing. Example: make keys ORG=acme"),
        ("credits ADD=5", "ORG is missing. Example: make credits ORG=acme"),
        ("delete YES=1", "ORG is missing. Example: make delete ORG=acme"),
        ("secret", "ORG is missing. Example: make secret ORG=acme"),
        ("disable", "ID is missing. Example: make disable ID=<key id>"),
        ("job", "TYPE is missing. Example: make job TYPE=billing INPUT=@file.json"),
        ("job TYPE=x", "INPUT is missing. Example: make job TYPE=billing INPUT=@file.json"),
    ],
)
def test_a_command_names_the_argument_that_it_lacks(given: str, said: str) -> None:
    done = make(*given.split())

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == said


def make(*given: str) -> subprocess.CompletedProcess[str]:
    ready = f".venv/ready-{sys.version_info.major}.{sys.version_info.minor}"
    command = ["make", "-o", ready, "-o", "apps/index.py", *given]
    environ = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)


@needs_job_types("text_statistics")
def test_any_text_is_an_input() -> None:
    done = make("job", "TYPE=text_statistics", """INPUT={"text": "Ann's \\"coat\\" `waits` for $five."}""")

    assert done.returncode == 0, done.stderr
    assert '"words": 5' in done.stdout


@pytest.mark.parametrize("name", ["INPUT", "LABEL"])
def test_a_command_gets_a_text_as_it_was_given(name: str, tmp_path: Path) -> None:
    rules, text = tmp_path / "rules.mk", "Ann's $five $(x) $$"
    rules.write_text(f"shown:\n\t@printenv {name}\n")

    done = make("-f", "Makefile", "-f", str(rules), "shown", f"{name}={text}")

    assert done.stdout == f"{text}\n", done.stderr


def test_a_job_that_cannot_run_in_the_terminal_says_why(copy: Copy) -> None:
    write_app(copy.folder / "apps", "billing")
    copy.make_index()

    refusals = {
        ("nope", "{}"): "No app has a job type 'nope'. TYPE is one of: ",
        ("bulk", "{}"): "No app has a job type 'bulk'. TYPE is one of: ",
        ("billing", '{"nam": 1}'): "INPUT does not fit the job type billing:\n  /name is required",
        ("billing", "{oops"): "INPUT is not valid JSON: ",
        ("billing", "@no.json"): "INPUT cannot be read: ",
    }
    refused = copy.attempt(sys.executable, "-c", JOBS, json.dumps([*refusals]))

    assert refused.stdout == "1\n" * len(refusals)
    for said in refusals.values():
        assert f"\n{said}" in refused.stderr


def test_nothing_that_looks_at_all_apps_objects_to_a_new_one(copy: Copy) -> None:
    write_app(copy.folder / "apps", "billing")
    copy.make_index()

    assert "/components/schemas/BillingSubmission" in json.dumps(copy.openapi())
    assert " passed" in copy.test(*LOOKING)
