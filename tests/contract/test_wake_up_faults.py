"""Wake-ups with faults on the wire: the number of possibly missing ones is always known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.calls import TRIES
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.ports import WakeUp
from tests.contract.faults import always, every_fault, once
from tests.kit import wire
from tests.kit.jobs import NOW, RANDOMNESS, new_org

if TYPE_CHECKING:
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault


class TestWakeUps:
    @every_fault
    def test_a_fault_loses_no_wake_up(self, wired: Wired, fault: Fault) -> None:
        wake_up = WakeUp(RANDOMNESS.job_id(NOW), new_org())

        with wired.wire.broken(once(fault)):
            wired.engine.queue.send(wake_up)

        assert {message["Body"] for message in wired.cloud.receive()} == {f'{{"job_id": "{wake_up.job_id}"}}'}

    @every_fault
    def test_a_send_that_fails_every_time_is_unavailable(self, wired: Wired, fault: Fault) -> None:
        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as unavailable:
            wired.engine.queue.send(WakeUp(RANDOMNESS.job_id(NOW), new_org()))

        wired.cloud.receive()
        assert unavailable.type is Unavailable

    @pytest.mark.parametrize("code", ["AccessDenied", "AWS.SimpleQueueService.NonExistentQueue", "Anything"])
    def test_a_permanent_refusal_is_unavailable_too(self, wired: Wired, code: str) -> None:
        def refused(exchange: wire.Exchange) -> Any:
            return exchange.refused(400, code)

        with wired.wire.broken(always(refused)):
            with pytest.raises(Unavailable):
                wired.engine.queue.send(WakeUp(RANDOMNESS.job_id(NOW), new_org()))
            unsent = wired.engine.queue.send_many([WakeUp(RANDOMNESS.job_id(NOW), new_org())])

        assert len(unsent) == 1

    def test_refused_wake_ups_of_a_batch_are_returned(self, wired: Wired) -> None:
        wake_ups = [WakeUp(RANDOMNESS.job_id(NOW), new_org()) for _ in range(12)]
        failed = [{"Id": str(i), "Code": "RequestThrottled", "SenderFault": False} for i in range(3)]

        with wired.wire.broken(
            once(lambda exchange: exchange.answered({"Successful": [], "Failed": failed}))
        ):
            unsent = wired.engine.queue.send_many(wake_ups)

        assert unsent == wake_ups[:3]
        assert len(wired.cloud.receive()) == 2

    def test_a_batch_that_cannot_be_sent_does_not_stop_the_next(self, wired: Wired) -> None:
        wake_ups = [WakeUp(RANDOMNESS.job_id(NOW), new_org()) for _ in range(12)]

        with wired.wire.broken(lambda number, operation: wire.throttled if number < TRIES else None):
            unsent = wired.engine.queue.send_many(wake_ups)

        assert unsent == wake_ups[:10]
        assert len(wired.cloud.receive()) == 2
