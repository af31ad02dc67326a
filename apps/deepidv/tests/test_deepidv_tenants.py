"""This contract shows of another org's job only what it documents."""

from __future__ import annotations

from apps.deepidv.dialect import NAME
from tests.kit.neighbours import NAMED, Neighbourhood


def test_the_one_answer_about_another_orgs_job_says_only_that() -> None:
    settled = Neighbourhood()
    theirs = [job_id for job_id in settled.jobs_of("acme") if settled.job(job_id).dialect == NAME]
    reported = {
        settled.ask("stranger", dialect, "GET", f"/v1/async-jobs/{job_id}").text
        for job_id in theirs
        for dialect in NAMED
    }

    assert len(theirs) == 3
    assert reported == {
        '{"error":"This job belongs to another organisation.","code":"foreign_job","requestId":"req-1"}'
    }
