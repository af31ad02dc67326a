"""A job on a large file takes no more memory than one on a small file. `make bench` measures 200 MB."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.kit import events
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


def test_a_table_of_20_megabytes_takes_the_memory_of_one_with_one(processes: Processes) -> None:
    key = issue_key(processes.cloud, "acme")

    small = peak_after(processes, key, MB)
    large = peak_after(processes, key, 20 * MB)

    assert large - small < 5
