"""A flow starts jobs fast enough: its transactions rarely meet on a row."""

from __future__ import annotations

import pytest

from studies.flows.simulation import Flow


@pytest.mark.parametrize("work", [0, 100])
def test_a_flow_of_sixty_four_starts_at_least_150_jobs_a_second(work: float) -> None:
    result = Flow(64, jobs=3000, work=work).run()

    assert result.starts == 3000
    assert result.rate >= 150


def test_a_flow_of_one_runs_its_jobs_one_after_the_other() -> None:
    result = Flow(1, jobs=50, work=100).run()

    assert result.starts == 50
    assert result.rate < 10


def test_a_simulation_is_repeatable() -> None:
    first, second = (Flow(10, jobs=200, work=20, seed=7).run() for _ in range(2))

    assert first == second
