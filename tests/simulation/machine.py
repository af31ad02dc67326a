"""Hypothesis writes the histories: which actor acts when, and with which faults."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from claimcheck.domain.callbacks import MAX_TRIES, PAUSES
from claimcheck.domain.files import file_key, is_token
from claimcheck.domain.job import CALLBACK_HORIZON, DAY, DEADLINE_EXCEEDED, SECOND, Status
from claimcheck.service.bulk import JOB_TYPE as BULK
from tests.simulation.chaos import FOCUSES, JUMPS, ORGS, SKEW, Chaos
from tests.simulation.receiver import ASKED
from tests.simulation.witness import PACE, PACED

# The seed of what happens within a step.
LUCK = st.integers(0, 2**32 - 1)


class Backend(RuleBasedStateMachine):
    focuses: tuple[str, ...] = FOCUSES

    def __init__(self) -> None:
        super().__init__()
        self.chaos = Chaos()

    @initialize(focus=st.runner().flatmap(lambda backend: st.sampled_from(backend.focuses)))
    def focus(self, focus: str) -> None:
        self.chaos.focus = focus

    @rule(luck=LUCK)
    def submit(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.submit()

    @rule(luck=LUCK)
    def deliver(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.deliver()

    @rule(luck=LUCK)
    def sweep(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.sweep()

    @rule(luck=LUCK)
    def cancel(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.cancel()

    @rule(luck=LUCK)
    def redeliver(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.redeliver()

    @rule(luck=LUCK)
    def retry(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.retry()

    @rule(luck=LUCK)
    def keep_schedule(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.keep_schedule()

    @rule(luck=LUCK)
    def keep_flow(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.keep_flow()

    @rule(luck=LUCK)
    def read(self, luck: int) -> None:
        self.chaos.random = Random(luck)
        self.chaos.read()

    @rule(duration=st.sampled_from(JUMPS))
    def jump(self, duration: int) -> None:
        self.chaos.jump(duration)

    @rule(org=st.sampled_from(ORGS), amount=st.integers(1, 30))
    def add_credits(self, org: str, amount: int) -> None:
        self.chaos.add_credits(org, amount)

    def teardown(self) -> None:
        hopeful = self.chaos.settle()
        assert not self.chaos.store.violations, self.chaos.store.violations[0]
        check_ends(self.chaos, hopeful)
        check_callbacks(self.chaos)
        check_orgs(self.chaos)
        check_files(self.chaos)
        check_flows(self.chaos)
        for org in ORGS:
            check_credits(self.chaos, org)


def check_ends(chaos: Chaos, hopeful: list[str]) -> None:
    ends = chaos.store.ends
    left = chaos.store.all_jobs()
    assert all(job.ended_at is not None for job in left), "a job never ended"
    assert set(chaos.accepted) <= set(ends), "a job was accepted and lost"
    assert {job.job_id for job in left} <= set(ends), "an end was written behind the store's back"
    assert all((job.result is None) == (job.status is Status.FAILED) for job in ends.values())
    payloads = [each for job in ends.values() for each in (job.input, job.result) if each is not None]
    kept = {each.key for each in payloads if each.key is not None}
    assert kept <= set(chaos.objects.keys()), "an input or a result was deleted"
    assert all(ends[job_id].error != DEADLINE_EXCEEDED for job_id in hopeful), "a job was forgotten"
    assert chaos.early == [], "a timer was early"


def check_callbacks(chaos: Chaos) -> None:
    """Check that each pending end is delivered at least once, or that its failure is recorded."""
    receiver = chaos.receiver
    assert receiver.violations == [], receiver.violations[0]
    for job in chaos.store.ends.values():
        told = job.callback is not None or job.org != chaos.default_of or job.status is Status.COMPLETED
        assert told, "a failure was not reported to its org"
        if (callback := job.callback) is None:
            continue
        # By the clock of its worker, the delivery came after the end.
        since = callback.until - CALLBACK_HORIZON - 2 * SKEW
        taken = [at for at in receiver.took.get(job.job_id, []) if at >= since]
        # The pause after the last try, which may have been too long for another one.
        pause = (0, *PAUSES)[min(callback.tries, len(PAUSES))] * 5 // 4 + ASKED * SECOND
        too_late = callback.settled_at is not None and callback.settled_at + pause >= callback.until
        given_up = callback.tries == MAX_TRIES or job.job_id in receiver.turned_down or too_late
        assert callback.state != "pending", "a callback was forgotten"
        assert taken or callback.state == "failed", "an end was never reported"
        assert given_up or callback.state == "delivered", "a callback was given up for nothing"


def check_files(chaos: Chaos) -> None:
    """Check that each result leads to its own attempt's file, and that no other file can be found."""
    for job_id, job in chaos.store.ends.items():
        if job.type == BULK.name:
            continue
        keys = [key for key in chaos.world.files.files if key.startswith(file_key(job.org, job_id, ""))]
        found = {key for key in keys if job.files and is_token(key.rpartition("-")[2], job.files)}
        if job.result is None:
            assert not found, "a file of a failed job can be found"
            continue
        path, content = json.loads(job.result.text or "")["text"].split()
        key = file_key(job.org, job_id, path.split("/")[-2])
        assert found == {key}, "a result does not lead to its file alone"
        assert chaos.world.files.files[key].content.decode() == content, "a file is another attempt's"


def check_orgs(chaos: Chaos) -> None:
    assert all(chaos.store.ends[job_id].org == org for job_id, org in chaos.accepted.items())
    for job_ids in chaos.by_key.values():
        made = sorted(chaos.store.ends[job_id].created_at for job_id in job_ids)
        assert all(later - earlier >= DAY for earlier, later in pairwise(made)), "two jobs for one key"
    # A job cancelled before its slot does not count.
    ran = {job.job_id for job in chaos.store.ends.values() if job.executions}
    assert all(len(jobs & ran) <= 1 for jobs in chaos.store.slots.values()), "two jobs ran for one slot"


def check_flows(chaos: Chaos) -> None:
    flows = chaos.store.flows
    for key, starts in chaos.store.starts.items():
        view = flows.view(key)
        assert (view.slots, view.tickets) == ((), ()), "a flow has slots or a line without jobs"
        if key.name == PACED:
            # A job's own time can be up to two seconds after its start in the flow, by another clock.
            gaps = [later - earlier for earlier, later in pairwise(sorted(starts))]
            assert all(gap >= PACE - 2 * SKEW for gap in gaps), "starts come faster than their flow allows"


def check_credits(chaos: Chaos, org: str) -> None:
    jobs = [job for job in chaos.store.ends.values() if job.org == org]
    failed = sum(job.status is Status.FAILED and job.charge > 0 for job in jobs)
    ledger = chaos.store.credits.ledger(org, 10_000).entries
    refunded = [movement.job_id for movement in ledger if movement.reason == "refunded"]
    charged = sum(job.charge for job in jobs)
    left = chaos.store.credits.credits(org)
    given_back = sum(job.charge for job in jobs if job.refund)
    assert left == chaos.added[org] - charged + given_back, "credits do not add up"
    assert left == sum(movement.amount for movement in ledger), "the ledger does not add up"
    assert left >= 0, "credits were spent that were not there"
    assert len(refunded) == len(set(refunded)) == failed, "a refund was forgotten, or given twice"
