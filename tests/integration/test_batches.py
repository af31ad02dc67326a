"""The largest batch on the real entry point: a hundred jobs with a key, whose inputs go to the bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from claimcheck.http.contract import BODY_LIMIT
from tests.kit import events
from tests.kit.bridge import bridge
from tests.kit.cloud import moto_cloud
from tests.kit.deployed import issue_key
from tests.kit.deployment import TEMPLATE
from tests.kit.process import running

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = 100
# Larger than a row keeps, and together almost as large as a body can be.
TEXT = "A coat for a claim check. " * 390
MEMORY = int(TEMPLATE["Parameters"]["ApiMemory"]["Default"])


def peak(pid: int) -> float:
    """Return the peak resident memory of a process, in MB."""
    try:
        with open(f"/proc/{pid}/status") as status:  # noqa: PTH123
            [line] = [line for line in status if line.startswith("VmHWM")]
    except FileNotFoundError:
        pytest.skip("the memory of a process is read from /proc, which this system does not have")
    return int(line.split()[1]) / 1024


def test_the_largest_batch_fits_into_a_function_s_memory(tmp_path: Path) -> None:
    entry = {"type": "echo", "input": {"text": TEXT}}
    body = json.dumps({"jobs": [entry] * ENTRIES})
    assert 0.9 * BODY_LIMIT < len(body) < BODY_LIMIT
    with moto_cloud() as cloud, bridge() as aws:
        event = events.with_path(events.load("submit_job", issue_key(cloud, "acme")), "/v1/jobs/batch")
        with running("SubmitJob", cloud.environment("SubmitJob"), aws.url, tmp_path / "log") as function:
            answer = function.invoke(events.with_body(event, body, "night"))
            used = peak(function.pid)
        jobs = [json.loads(item["job"]["S"]) for item in cloud.items() if item["sk"]["S"] == "JOB"]

    assert [each["status"] for each in json.loads(answer["body"])["jobs"]] == [202] * ENTRIES
    assert [job["input"]["key"][:6] for job in jobs] == ["input/"] * ENTRIES
    assert used < MEMORY / 2
