"""Workers are killed again and again at random points: every job ends, and every end is reported."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.job import MINUTE
from tests.kit.killing import Death, kills
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from pathlib import Path

# About three jobs' exchanges: the jobs of a batch before the killed one complete.
EXCHANGES = 24


@pytest.mark.parametrize("deaths", [20, pytest.param(50, marks=pytest.mark.soak)])
def test_every_end_is_reported_when_workers_are_killed(deaths: int, tmp_path: Path) -> None:
    luck, job_ids = random.Random(7), set()
    cut: Counter[str] = Counter()
    with Upstream() as upstream, kills(tmp_path) as deployed:
        hook = upstream.at("/hook", deployed.workers.watched("callback", reply(200)))
        # Luck decides when a callback is hit.
        while cut.total() < deaths or not hits_of_callbacks(cut):
            job_ids.add(deployed.submit(callback_url=hook))
            if hit := deployed.work(2 * MINUTE, Death.somewhere(luck, EXCHANGES)):
                cut[hit] += 1
            assert len(job_ids) < 3 * deaths
        deployed.finish()
        jobs = deployed.jobs()
    reported = Counter(each.headers["webhook-id"] for each in upstream.requests)

    assert set(jobs) == job_ids
    assert [job for job in jobs.values() if job.ended_at is None] == []
    for job in jobs.values():
        assert job.callback is not None
        assert job.callback.state == "delivered"
        assert 1 <= reported[job.job_id] <= job.callback.calls
    # An interrupted callback was repeated.
    assert max(reported.values()) > 1


def hits_of_callbacks(cut: Counter[str]) -> int:
    return cut["callback"] + cut["after callback"]
