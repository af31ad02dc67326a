"""Wake-ups arrive in their org's group, after their delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.ports import WakeUp
from tests.kit.jobs import NOW, RANDOMNESS, new_org

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters


def received(adapters: Adapters, org: str) -> list[str]:
    return sorted(job_id for job_id, group in adapters.receive() if group == org)


class WakeUpQueueSuite:
    def test_a_wake_up_names_its_job_and_travels_in_its_orgs_group(self, adapters: Adapters) -> None:
        job_id, org = RANDOMNESS.job_id(NOW), new_org()

        adapters.queue.send(WakeUp(job_id, org))

        assert (job_id, org) in adapters.receive()

    def test_a_delayed_wake_up_is_not_there_before_its_time(self, adapters: Adapters) -> None:
        job_id, org = RANDOMNESS.job_id(NOW), new_org()

        adapters.queue.send(WakeUp(job_id, org, delay=2))
        at_once = received(adapters, org)
        adapters.let_pass(2)
        in_time = received(adapters, org)

        assert at_once == []
        assert in_time == [job_id]

    def test_the_longest_delay_is_fifteen_minutes(self, adapters: Adapters) -> None:
        org = new_org()

        adapters.queue.send(WakeUp(RANDOMNESS.job_id(NOW), org, delay=900))

        assert received(adapters, org) == []

    @pytest.mark.parametrize("count", [0, 1, 10, 11, 23])
    def test_many_wake_ups_all_arrive(self, adapters: Adapters, count: int) -> None:
        job_ids, org = [RANDOMNESS.job_id(NOW) for _ in range(count)], new_org()

        unsent = adapters.queue.send_many([WakeUp(job_id, org) for job_id in job_ids])

        assert unsent == []
        assert received(adapters, org) == sorted(job_ids)

    def test_visible_wake_ups_are_counted(self, adapters: Adapters) -> None:
        org, before = new_org(), adapters.queue.waiting()

        adapters.queue.send_many([WakeUp(RANDOMNESS.job_id(NOW), org) for _ in range(3)])
        adapters.queue.send(WakeUp(RANDOMNESS.job_id(NOW), org, delay=900))

        assert adapters.queue.waiting() == before + 3
        assert len(received(adapters, org)) == 3

    def test_many_wake_ups_keep_their_own_groups_and_delays(self, adapters: Adapters) -> None:
        (soon, late), (one, other) = [RANDOMNESS.job_id(NOW) for _ in "ab"], [new_org(), new_org()]

        adapters.queue.send_many([WakeUp(soon, one), WakeUp(late, other, delay=60)])
        found = adapters.receive()

        assert (soon, one) in found
        assert late not in {job_id for job_id, _ in found}
