"""A job on a large file takes no more memory than one on a small file. `make bench` measures 200 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.files import upload_key
from tests.kit import events
from tests.kit.cloud import REGION
from tests.kit.deployed import issue_key
from tests.kit.measuring.tables import ROW, peak_of, submission, upload_table
from tests.kit.process import Processes, all_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1_000_000


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with all_running(tmp_path) as running:
        yield running


def peak_after(processes: Processes, key: str, size: int) -> float:
    """Run a report on a table of `size` bytes, and return the worker's peak in MB."""
    submitted = processes.invoke("submit_job", submission(key, upload_table(processes.cloud, "acme", size)))
    job_id = json.loads(submitted["body"])["job_id"]
    processes.deliver()
    job = json.loads(processes.invoke("get_job", events.load("get_job", key, job_id))["body"])
    assert job["status"] == "completed", job
    assert job["result"]["rows"] == size // len(ROW)
    return peak_of(processes.functions["worker"].pid)


# Opens a file and saves it again, in a process of its own.
COPY = """
import sys
from claimcheck.bootstrap import bootstrap
from tests.kit.measuring.tables import peak_of
files, key = bootstrap().files, sys.argv[1]
found = files.find(key)
with files.open(key, found.etag) as content:
    files.save(f"{key}-copy", content, found.size, "text/csv", "copy.csv")
print(peak_of("self"))
"""


def peak_of_copy(processes: Processes, size: int) -> float:
    key = upload_key("acme", upload_table(processes.cloud, "acme", size))
    environment = processes.cloud.environment("Worker") | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL": processes.bridge.url,
    }
    command = [sys.executable, "-c", COPY, key]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def test_a_file_that_is_saved_is_not_in_memory(processes: Processes) -> None:
    assert peak_of_copy(processes, 50 * MB) - peak_of_copy(processes, MB) < 5


def test_a_table_of_20_megabytes_takes_the_memory_of_one_with_one(processes: Processes) -> None:
    key = issue_key(processes.cloud, "acme")

    small = peak_after(processes, key, MB)
    large = peak_after(processes, key, 20 * MB)

    assert large - small < 5
