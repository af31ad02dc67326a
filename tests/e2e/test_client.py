"""The Python client and the command, against the deployed API."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import httpx
import pytest

from claimcheck_client import ApiError, AsyncClaimcheck, Claimcheck, JobFailed
from local.keys import create_key
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.stack import Stack


@pytest.fixture(scope="module")
def key(deployed: Stack) -> str:
    return create_key(deployed, "client-user")


@pytest.fixture
def client(deployed: Stack, key: str) -> Iterator[Claimcheck]:
    http = httpx.Client(trust_env=False, timeout=60)
    with Claimcheck(deployed.api_url, key, http_client=http) as client:
        yield client


def test_a_run_returns_its_result_small_or_large(client: Claimcheck) -> None:
    assert client.run("echo", {"text": "Leave your coat."}, timeout=60) == {"text": "Leave your coat."}

    large = client.run("echo", {"text": "0123456789", "times": 40_000}, timeout=60)

    assert len(large["text"]) == 400_000


def test_a_batch_is_submitted_and_awaited(client: Claimcheck) -> None:
    numbers = [str(number) for number in range(20)]

    outcomes = client.batch([{"type": "echo", "input": {"text": number}} for number in numbers])
    jobs = [each for each in outcomes if not isinstance(each, ApiError)]
    client.wait_all(jobs, timeout=60)

    assert [job.result()["text"] for job in jobs] == numbers
    assert {job.id for job in jobs} <= {job.id for job in client.jobs(status="completed", type="echo")}


def test_a_cancelled_job_has_failed(client: Claimcheck) -> None:
    job = client.submit("echo", {"text": "Never."}, run_at=datetime.now(UTC) + timedelta(days=1))
    job.cancel()

    with pytest.raises(JobFailed, match="cancelled"):
        job.result(timeout=60)


def test_a_file_goes_up_and_its_copy_comes_down(client: Claimcheck) -> None:
    content, into = os.urandom(2_000_000), BytesIO()

    upload = client.upload(BytesIO(content), "text/csv")
    [file] = client.run("copy_file", {"file": upload, "names": ["50% off.csv"]}, timeout=60)["files"]
    client.download(file, into)

    assert (file["name"], into.getvalue()) == ("50% off.csv", content)


def test_a_flow_holds_its_jobs_while_it_is_paused(client: Claimcheck) -> None:
    client.flows.put("of-the-client", concurrency=1, paused=True)
    jobs = [client.submit("echo", {"text": text}, flow="of-the-client") for text in "ab"]

    assert client.flows.get("of-the-client")["running"] == 0
    client.flows.resume("of-the-client")
    assert [job.result(timeout=60)["text"] for job in jobs] == ["a", "b"]


def test_many_runs_at_once_with_async(deployed: Stack, key: str) -> None:
    async def run_all() -> list[str]:
        http = httpx.AsyncClient(trust_env=False, timeout=60)
        async with AsyncClaimcheck(deployed.api_url, key, http_client=http) as client:
            runs = (client.run("echo", {"text": str(number)}, timeout=60) for number in range(8))
            return [result["text"] for result in await asyncio.gather(*runs)]

    assert asyncio.run(run_all()) == [str(number) for number in range(8)]


def test_the_command_runs_a_job_and_shows_it(deployed: Stack, key: str) -> None:
    own = {
        "CLAIMCHECK_URL": deployed.api_url,
        "CLAIMCHECK_KEY": key,
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(PROJECT / "clients/python/src"),
    }

    def claimcheck(*arguments: str) -> str:
        command = [sys.executable, "-m", "claimcheck_client", *arguments]
        return subprocess.run(
            command, env=os.environ | own, capture_output=True, text=True, check=True
        ).stdout

    job = json.loads(claimcheck("run", "echo", "text=Leave your coat.", "--json"))

    assert job["result"] == {"text": "Leave your coat."}
    assert "completed" in claimcheck("job", job["job_id"])
