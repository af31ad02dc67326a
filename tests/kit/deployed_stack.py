"""A deployment for end-to-end tests: the project, with an app added to a copy of it.

Every run of pytest loads this module, so its fixtures import late.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.stack import Stack
    from tests.kit.client import Client
    from tests.kit.cloud import Cloud

PROJECT = Path(__file__).parents[2]
ADDED = PROJECT / "tests/kit/added"
FUNCTIONS = ("submit_job", "get_job", "worker", "sweeper")
WORKERS = 5
"""As many as by default in template.yaml."""
PLENTY = 1_000_000
"""Requests a minute: these tests are in a hurry."""


@pytest.fixture(scope="session")
def parameters() -> Iterator[dict[str, str]]:
    """Return the template's parameters for these tests, including those of apps in
    `tests/e2e/parameters.py`."""
    with ExitStack() as served:
        found = {"WorkerMaxConcurrency": str(WORKERS)}
        for module in sorted(PROJECT.glob("apps/*/tests/e2e/parameters.py")):
            app = module.parts[-4]
            brought = importlib.import_module(f"apps.{app}.tests.e2e.parameters")
            found |= served.enter_context(brought.parameters())
        yield found


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, parameters: dict[str, str]) -> Iterator[Stack]:
    """Deploy a copy of the project with an added app, which is one folder."""
    from local import stack

    with stack.running(with_added_app(tmp_path_factory.mktemp("project")), **parameters) as running:
        yield running
        # Every request to this stack, by all tests.
        assert [line for folder in FUNCTIONS for line in refused(logged(running, folder))] == []


def with_added_app(copy: Path) -> Path:
    """Copy what is deployed to the folder `copy`, and add the app of these tests."""
    from claimcheck.build.apps import read_apps
    from claimcheck.build.template import with_blocks
    from local.deploy import SOURCES

    for name in (*SOURCES, "samconfig.toml"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        else:
            shutil.copy(source, copy / name)
    shutil.copytree(ADDED, copy, dirs_exist_ok=True)
    template = copy / "template.yaml"
    template.write_text(with_blocks(template.read_text(), read_apps(copy / "apps")))
    return copy


def logged(deployed: Stack, folder: str) -> list[str]:
    """Return everything that a function has logged so far."""
    pages = deployed.endpoint.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=f"/{deployed.stack_name}/{folder}")
    return [event["message"] for page in found for event in page["events"]]


def processes(deployed: Stack, function: str) -> list[int]:
    """Return the processes in which the emulator runs a function, by its name in the outputs."""
    listed = subprocess.check_output(["ps", "-ww", "-eo", "pid=,pgid=,args="], text=True)
    rows = (line.split(maxsplit=2) for line in listed.splitlines())
    return [
        int(pid)
        for pid, group, command in rows
        if int(group) == deployed.process_groups["ministack"]
        and f"ministack-lambda-{deployed.outputs[function]}" in command
    ]


def saved_paths(deployed: Stack, org: str, job_id: str) -> list[str]:
    """Return the paths of all files that a job has saved as `a`, for somebody who sees the bucket."""
    from claimcheck.domain.files import file_key, file_path

    prefix = file_key(org, job_id, "")
    bucket = deployed.outputs["BucketName"]
    found = deployed.endpoint.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    tokens = [each["Key"].removeprefix(prefix) for each in found.get("Contents", [])]
    return [file_path(job_id, token, "a") for token in sorted(tokens)]


def refused(lines: list[str]) -> list[str]:
    """Return the lines about missing permissions."""
    return [line for line in lines if "AccessDenied" in line]


@pytest.fixture(scope="session")
def client_of(deployed: Stack) -> Iterator[Callable[..., Client]]:
    """Return a function that creates a client of an org, with a new key."""
    from local.keys import create_key
    from tests.kit.client import Client

    made: list[Client] = []

    def make(org: str, **options: object) -> Client:
        made.append(Client(deployed.api_url, create_key(deployed, org, **{"limit": PLENTY} | options)))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def acme(client_of: Callable[..., Client]) -> Client:
    return client_of("acme")


@pytest.fixture(scope="module")
def cloud(deployed: Stack) -> Iterator[Cloud]:
    """A second set of the template's table, queue and bucket, which no function uses."""
    from claimcheck.aws import calls as aws
    from tests.kit.cloud import deploy

    with pytest.MonkeyPatch.context() as patch:
        for name, value in deployed.endpoint.environ.items():
            patch.setenv(name, value)
        # A session keeps the credentials of its creation.
        aws.session.cache_clear()
        yield deploy()
        aws.session.cache_clear()
