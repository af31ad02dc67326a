"""Credits with faults on the wire: refunded once, added once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.errors import Conflict, Unavailable
from claimcheck.domain.job import CANCELLED, MINUTE
from tests.contract.faults import always, every_fault, once
from tests.contract.orgs import FUNDS, NOTHING, PRICE, SHAPES, Stored, funded_job, insert
from tests.kit.jobs import NOW, RANDOMNESS, ended, new_org

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine
    from claimcheck.domain.job import Job
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault


class TestRefund:
    @every_fault
    def test_a_fault_refunds_a_failed_job_once(self, wired: Wired, fault: Fault) -> None:
        job, over = inserted_and_failed(wired.engine)

        with wired.wire.broken(once(fault)):
            wired.engine.store.replace(job, over)

        assert wired.engine.store.read(job.job_id) == over
        assert Stored.of(wired.engine, job.org).credits == FUNDS

    @every_fault
    def test_a_refund_that_fails_every_time_can_be_repeated(self, wired: Wired, fault: Fault) -> None:
        job, over = inserted_and_failed(wired.engine)

        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as unavailable:
            wired.engine.store.replace(job, over)
        between = Stored.of(wired.engine, job.org).credits
        wired.engine.store.replace(job, over)

        assert unavailable.type is Unavailable
        assert between in (FUNDS - PRICE, FUNDS)
        assert Stored.of(wired.engine, job.org).credits == FUNDS

    @every_fault
    def test_a_fault_does_not_hide_that_the_job_ended_well(self, wired: Wired, fault: Fault) -> None:
        job, over = inserted_and_failed(wired.engine)
        well = ended(job)
        wired.engine.store.replace(job, well)

        with wired.wire.broken(once(fault)), pytest.raises(Conflict) as conflict:
            wired.engine.store.replace(job, over)

        assert conflict.value.current == well
        assert Stored.of(wired.engine, job.org).credits == FUNDS - PRICE


def inserted_and_failed(engine: Engine) -> tuple[Job, Job]:
    """Return a charged job as stored, and as it is to end."""
    shape = SHAPES["charged"]
    job = funded_job(engine, shape)
    insert(engine, job, shape)
    return job, job.ended(NOW + MINUTE, error=CANCELLED).evolve(written_by=RANDOMNESS.token())


@every_fault
def test_a_fault_adds_credits_once(wired: Wired, fault: Fault) -> None:
    org = new_org()

    with wired.wire.broken(once(fault)):
        wired.engine.credits.add_credits(org, FUNDS, NOW, RANDOMNESS.token())

    assert Stored.of(wired.engine, org) == NOTHING
