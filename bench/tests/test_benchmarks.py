"""No count grows unnoticed, and the page of figures shows those that are kept.

What `make bench` measures in minutes is measured here in its short form: every figure that is the same on
every machine, for tables and sweeps that are not too large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bench import calls, figures, pages, report, sizes, sweeps, units
from bench.figures import Figure, Findings
from claimcheck.service.reader import JobReader
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
    """What is wrong with the figures that were found now: too large, or changed although kept."""
    before = {figure.name: figure.value for figure in kept.figures}
    return [said for each in found.figures for said in _complaints(before.get(each.name), each)]


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
    # tests/contract/test_sweep_calls.py has every call for a thousand rows.
    assert complaints(kept["sweeps"], sweeps.measure(counts=(0, 10, 100))) == []


def test_nothing_takes_more_in_a_large_table_than_in_a_small_one(kept: dict[str, Findings]) -> None:
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


def test_a_list_that_reads_on_until_its_page_is_full_is_noticed(
    kept: dict[str, Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    list_jobs = JobReader.list_jobs

    def list_all(
        self: JobReader, org: str, status: str | None, name: str | None, limit: int, after: Any
    ) -> Any:
        listing = list_jobs(self, org, status, name, limit, after)
        while not listing.jobs and listing.after:
            listing = list_jobs(self, org, status, name, limit, listing.after)
        return listing

    monkeypatch.setattr(JobReader, "list_jobs", list_all)

    found = complaints(kept["sizes"], sizes.measure(in_memory_of=(10, 100), in_moto_of=(10,)))

    assert [said for said in found if said.startswith("filter_calls")] == ["filter_calls: 26 is more than 4"]


def test_a_figure_that_differs_from_machine_to_machine_has_its_limit_too() -> None:
    found = Findings(figures=[Figure(name="bytes", what="bytes", value=601, most=600)])

    assert complaints(Findings(figures=[]), found) == ["bytes: 601 is more than 600"]


@pytest.mark.parametrize(
    ("before", "now", "most", "said"),
    [
        (3, 3, 3, []),
        (3, 3, None, []),
        (3, 4, None, ["reads has grown from 3 to 4"]),
        (3, 4, 3, ["reads: 4 is more than 3"]),
        (3, 2, 3, ["reads is 2, was 3: run `make bench`"]),
        (None, 3, 3, ["reads is new: run `make bench`"]),
    ],
)
def test_each_difference_is_told(before: int | None, now: int, most: int | None, said: list[str]) -> None:
    was = [] if before is None else [Figure(name="reads", what="reads", value=before)]
    found = [
        Figure(name="reads", what="reads", value=now, most=most, kept=True),
        Figure(name="seconds", what="differs from machine to machine", value=now),
    ]

    assert complaints(Findings(figures=was), Findings(figures=found)) == said


def test_every_figure_that_is_kept_holds(kept: dict[str, Findings]) -> None:
    assert [each for found in kept.values() for each in found.figures if not each.holds] == []


def test_the_engines_counts_beside_the_tutorials_are_its_own(kept: dict[str, Findings]) -> None:
    """If this fails, one section was measured without the other: `python -m bench calls peers`."""
    beside, own = kept["peers"].series, kept["calls"].series
    assert beside is not None
    assert own is not None

    assert unlogged(beside["engine"]) == unlogged(own["lifecycle"])


def unlogged(lifecycle: dict[str, Any]) -> dict[str, Any]:
    """Without its log bytes: the engine's line tells how long a job took, in as many digits as it needs."""
    return {phase: {**record, "log_bytes": None} for phase, record in lifecycle.items()}


def test_the_page_shows_the_figures_that_are_kept(kept: dict[str, Findings]) -> None:
    page = report.PAGE.read_text()

    assert pages.filled(page, report.blocks(kept)) == page
