"""A later version is deployed over the last release and rolled back, under load, and no job is lost."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck import __version__
from local import STATE, deploy, gaps, stack
from local.keys import administer, create_key
from local.rollout import STACK_NAME
from local.stack import PARAMETERS
from tests.compat.releases import run, unpack_former
from tests.kit.client import Client, eventually
from tests.kit.deployed_stack import ADDED, with_added_app
from tests.kit.receiver import verified
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from pathlib import Path

    from local.stack import Stack

# A slot of the schedule comes every minute.
PATIENCE = 150.0


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """Return the last release, with its app of job types for these tests."""
    folder = unpack_former(tmp_path / "former")
    shutil.copytree(folder / "tests/e2e/added", folder, dirs_exist_ok=True)
    for added in ("job_types/stumble.py", "handlers/stumble.py"):
        shutil.copy(ADDED / "apps/added" / added, folder / "apps/added" / added)
    run(["python", "-m", "claimcheck.build", "template"], folder)
    # For its admin command.
    run(["python", "-m", "claimcheck.build", "index", "apps/index.py"], folder)
    return folder


@pytest.fixture
def current(tmp_path: Path) -> Path:
    folder = tmp_path / "current"
    folder.mkdir()
    return with_added_app(folder)


def release(project: Path, running: Stack, log: Path) -> None:
    template = deploy.build(project, STATE / "builds", log / "build.log")
    parameters = PARAMETERS | {"EndpointUrl": running.endpoint.url}
    config = project / "samconfig.toml"
    to = running.endpoint
    outputs = deploy.deploy(template, config, STACK_NAME, parameters, log=log / "deploy.log", to=to)
    gaps.close(to, STACK_NAME, outputs)


def load(client: Client, upstream: Upstream, version: str) -> dict[str, str]:
    """Submit a job of each kind: it waits, runs, polls, or owes a callback when the next code comes."""
    hook = upstream.at(f"/{version}", *[reply(503)] * 2, reply(204))
    return {
        "is a timer": client.submit("doze", {"seconds": 0.1}, run_at=_in(30)),
        "runs": client.submit("doze", {"seconds": 5}),
        "waits": client.submit("stumble", {"times": 2}),
        "calls back": client.submit("echo", {"text": version}, callback_url=hook),
        "is plain": client.submit("echo", {"text": version}),
    }


def _in(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_a_deploy_and_its_rollback_lose_no_job(
    former: Path, current: Path, tmp_path: Path, upstream: Upstream
) -> None:
    with (
        stack.running(former) as running,
        closing(Client(running.api_url, create_key(running, "acme", limit=100_000))) as client,
    ):
        secret = administer(running, "secret", project=former, org="acme")["secret"]
        asked = {"rate": "1 minute", "type": "echo", "input": {"text": "Again."}}
        assert client.http.put("/v1/schedules/minutely", json=asked).status_code == 201
        versions = [_version(client)]
        jobs = [load(client, upstream, "former")]

        release(current, running, tmp_path)
        versions.append(_version(client))
        jobs.append(load(client, upstream, "current"))

        release(former, running, tmp_path)
        versions.append(_version(client))
        jobs.append(load(client, upstream, "rolled-back"))

        ended = eventually(lambda: _ended(running, client, jobs), PATIENCE, "every job ended", every=2)
        called = eventually(lambda: _called(upstream), PATIENCE, "three callbacks", every=1)
        slots = eventually(lambda: _slots(client), PATIENCE, "a slot", every=1)

    assert versions == ["0.2.0", __version__, "0.2.0"]
    assert ended
    assert [job for job in ended if job["status"] != "completed"] == []
    assert called
    assert {verified(each, secret)["job_id"] for each in called} == {each["calls back"] for each in jobs}
    assert slots
    assert len({job["run_at"] for job in slots}) == len(slots)


def _ended(running: Stack, client: Client, jobs: list[dict[str, str]]) -> list[dict[str, Any]] | None:
    # A deploy can stop a worker at work. Its job is swept once its lease has ended.
    running.endpoint.client("lambda").invoke(FunctionName=running.outputs["SweeperName"])
    found = [client.job(job_id) for each in jobs for job_id in each.values()]
    return found if all("ended_at" in job for job in found) else None


def _version(client: Client) -> str:
    return str(client.http.get("/openapi.json").json()["info"]["version"])


def _called(upstream: Upstream) -> list[Any] | None:
    return upstream.requests if len(upstream.requests) == 9 else None


def _slots(client: Client) -> list[dict[str, Any]] | None:
    listed: list[dict[str, Any]] = client.http.get("/v1/schedules/minutely/jobs").json()["jobs"]
    ended = [job for job in listed if job["status"] == "completed"]
    return ended or None
