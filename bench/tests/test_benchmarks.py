"""No count grows unnoticed, and the page shows the stored figures.

These tests measure the figures that are the same on every machine, for small tables and sweeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench import calls, figures, pages, report, sizes, sweeps, units
from bench.figures import Figure, Findings
from claimcheck.service.reader import JobFilter, JobReader
from tests.kit.measuring.life import Observed, observe

if TYPE_CHECKING:
    from claimcheck.domain.job import Job

FEW = {"in_memory_of": (10, 1_000), "in_moto_of": (10, 300)}


@pytest.fixture(scope="module")
def kept() -> dict[str, Findings]:
    return figures.load()


@pytest.fixture(scope="module")
def observed() -> Observed:
    return observe()


def complaints(kept: Findings, found: Findings) -> list[str]:
    """List the new figures that are over their limit, or that differ from the stored ones."""
    before = {figure.name: figure.value for figure in kept.figures}
    return [complaint for each in found.figures for complaint in _complaints(before.get(each.name), each)]


def _complaints(before: float | None, now: Figure) -> list[str]:
    if not now.holds:
        return [f"{now.name}: {now.value} is more than {now.most}"]
    if not now.kept:
        return []
    if before is None:
        return [f"{now.name} is new: run `make bench`"]
    if now.value > before:
        return [f"{now.name} has grown from {before} to {now.value}"]
    return [] if now.value == before else [f"{now.name} is {now.value}, was {before}: run `make bench`"]


def test_no_call_of_a_job_was_added(kept: dict[str, Findings], observed: Observed) -> None:
    assert complaints(kept["calls"], calls.findings(observed, calls.rate_writes())) == []


def test_no_unit_of_a_job_was_added(kept: dict[str, Findings], observed: Observed) -> None:
    assert complaints(kept["units"], units.findings(observed)) == []


def test_no_call_of_a_sweep_was_added(kept: dict[str, Findings]) -> None:
    # tests/contract/test_sweep_calls.py checks every call for a thousand rows.
    assert complaints(kept["sweeps"], sweeps.measure(counts=(0, 10, 100))) == []


def test_a_large_table_takes_no_more_requests_than_a_small_one(kept: dict[str, Findings]) -> None:
    assert complaints(kept["sizes"], sizes.measure(**FEW)) == []


def test_a_second_read_in_a_poll_is_noticed(
    kept: dict[str, Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    get = JobReader.get

    def get_twice(self: JobReader, org: str, job_id: str) -> Job:
        get(self, org, job_id)
        return get(self, org, job_id)

    monkeypatch.setattr(JobReader, "get", get_twice)

    found = complaints(kept["sizes"], sizes.measure(in_memory_of=(10,), in_moto_of=(10,)))

    assert found == ["get_calls has grown from 1 to 2", "get_requests has grown from 1 to 2"]


def test_a_list_that_reads_until_its_page_is_full_is_noticed(
    kept: dict[str, Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_jobs = JobReader.list_jobs

    def list_all(self: JobReader, org: str, wanted: JobFilter, limit: int, after: Any) -> Any:
        listing = list_jobs(self, org, wanted, limit, after)
        while not listing.entries and listing.after:
            listing = list_jobs(self, org, wanted, limit, listing.after)
        return listing

    monkeypatch.setattr(JobReader, "list_jobs", list_all)

    found = complaints(kept["sizes"], sizes.measure(in_memory_of=(10, 100), in_moto_of=(10,)))

    assert [each for each in found if each.startswith("filter_calls")] == ["filter_calls: 26 is more than 6"]


def test_a_figure_that_depends_on_the_machine_has_a_limit_too() -> None:
    found = Findings(figures=[Figure(name="bytes", what="bytes", value=601, most=600)])

    assert complaints(Findings(figures=[]), found) == ["bytes: 601 is more than 600"]


@pytest.mark.parametrize(
    ("before", "now", "most", "reported"),
    [
        (3, 3, 3, []),
        (3, 3, None, []),
        (3, 4, None, ["reads has grown from 3 to 4"]),
        (3, 4, 3, ["reads: 4 is more than 3"]),
        (3, 2, 3, ["reads is 2, was 3: run `make bench`"]),
        (None, 3, 3, ["reads is new: run `make bench`"]),
    ],
)
def test_each_difference_is_reported(
    before: int | None, now: int, most: int | None, reported: list[str]
) -> None:
    was = [] if before is None else [Figure(name="reads", what="reads", value=before)]
    found = [
        Figure(name="reads", what="reads", value=now, most=most, kept=True),
        Figure(name="seconds", what="differs from machine to machine", value=now),
    ]

    assert complaints(Findings(figures=was), Findings(figures=found)) == reported


def test_every_stored_figure_is_within_its_limit(kept: dict[str, Findings]) -> None:
    assert [each for found in kept.values() for each in found.figures if not each.holds] == []


def test_the_engines_counts_are_the_same_in_both_sections(kept: dict[str, Findings]) -> None:
    """If this fails, measure both sections: `python -m bench calls peers`."""
    beside, own = kept["peers"].series, kept["calls"].series
    assert beside is not None
    assert own is not None

    assert unlogged(beside["engine"]) == unlogged(own["lifecycle"])


def unlogged(lifecycle: dict[str, Any]) -> dict[str, Any]:
    """Return the lifecycle without log bytes, which vary with the length of the job's duration."""
    return {phase: {**record, "log_bytes": None} for phase, record in lifecycle.items()}


def test_the_page_shows_the_stored_figures(kept: dict[str, Findings]) -> None:
    page = report.PAGE.read_text()

    assert pages.filled(page, report.blocks(kept)) == page
