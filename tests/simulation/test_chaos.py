"""What must always hold, whatever happens: hundreds of histories, each repeatable from its seed."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.dialects.canonical import rfc3339
from claimcheck.model import DEADLINE_EXCEEDED, SECOND, Status
from tests.simulation.chaos import Chaos

HISTORIES = 150
JOBS = 8


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_accepted_job_reaches_one_end_once(seed: int) -> None:
    chaos = Chaos(seed)
    accepted: dict[str, str] = {}
    for number in range(JOBS):
        # The long one does not fit into its row.
        fields: dict[str, Any] = {"input": {"text": chaos.random.choice(("short", "long" * 3000))}}
        if chaos.random.random() < 0.4:
            ahead = chaos.random.choice((300, 2700, 70 * SECOND, 17 * 60 * SECOND))
            fields["run_at"] = rfc3339(chaos.world.clock.now() + ahead)
        elif chaos.random.random() < 0.3:
            fields["deadline"] = rfc3339(chaos.world.clock.now() + 90 * SECOND)
        if chaos.random.random() < 0.5:
            fields["idempotency_key"] = f"key-{number}"
        for _ in range(chaos.random.choice((1, 1, 3))):
            answer = chaos.submit(**fields)
            if answer is not None and answer.status == 202:
                accepted.setdefault(answer.json["job_id"], f"key-{number}")
            elif answer is not None:
                assert answer.status == 503, answer.text
                assert answer.headers["Retry-After"]
        for _ in range(chaos.random.randrange(12)):
            chaos.act()
    hopeful = chaos.settle()

    jobs = chaos.store.all_jobs()
    stored = {job.job_id: job for job in jobs}
    assert set(accepted) <= set(stored), "a job was accepted and lost"
    assert all(job.ended_at is not None for job in jobs), "a job never ended"
    assert all(job.result is not None for job in jobs if job.status is Status.COMPLETED)
    assert chaos.early == [], "a timer fired early"
    assert {stored[job_id].error for job_id in hopeful}.isdisjoint({DEADLINE_EXCEEDED}), "forgotten"


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_one_idempotency_key_makes_one_job(seed: int) -> None:
    chaos = Chaos(seed)
    ids = set()
    for _ in range(12):
        answer = chaos.submit(idempotency_key="same", input={"text": "same"})
        if answer is not None and answer.status == 202:
            ids.add(answer.json["job_id"])
        chaos.act()
    chaos.calm = True
    last = chaos.submit(idempotency_key="same", input={"text": "same"})

    assert last is not None
    assert last.status == 202
    assert ids <= {last.json["job_id"]}
    assert {job.job_id for job in chaos.store.all_jobs()} == {last.json["job_id"]}
