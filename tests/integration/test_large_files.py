"""A job on a large file takes no more memory than one on a small file. `make bench` measures 1 GiB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.kit.deployed import issue_key
from tests.kit.measuring.tables import peak_after
from tests.kit.process import Processes, all_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1_000_000


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with all_running(tmp_path) as running:
        yield running


def copied(upload: dict[str, str]) -> dict[str, Any]:
    return {"type": "copy_file", "input": {"file": upload, "names": ["copy"]}}


def test_a_file_that_is_read_and_saved_is_not_in_memory(processes: Processes) -> None:
    key = issue_key(processes.cloud, "acme")

    small, _ = peak_after(processes, key, copied, MB)
    large, _ = peak_after(processes, key, copied, 50 * MB)

    assert large - small < 5
