"""A report on a large table takes no more memory than one on a small table. `make bench` measures 200 MB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.kit.deployed import issue_key
from tests.kit.measuring.tables import ROW, peak_after
from tests.kit.process import all_running

if TYPE_CHECKING:
    from pathlib import Path

MB = 1_000_000


def report(upload: dict[str, str]) -> dict[str, Any]:
    return {"type": "table_report", "input": {"table": upload}}


def test_a_table_of_20_megabytes_takes_the_memory_of_one_with_one(tmp_path: Path) -> None:
    with all_running(tmp_path) as processes:
        key = issue_key(processes.cloud, "acme")
        small, first = peak_after(processes, key, report, MB)
        large, second = peak_after(processes, key, report, 20 * MB)

    assert [each["rows"] for each in (first, second)] == [MB // len(ROW), 20 * MB // len(ROW)]
    assert large - small < 5
