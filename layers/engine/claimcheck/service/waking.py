"""Sending a job its wake-up, which may fail: then the sweeper sends another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.errors import Unavailable
from claimcheck.model import wake_up_delay
from claimcheck.observability import warn
from claimcheck.ports import WakeUp

if TYPE_CHECKING:
    from claimcheck.model import Job
    from claimcheck.ports import Clock, WakeUpQueue


def wake(queue: WakeUpQueue, clock: Clock, job: Job) -> None:
    """For when it may start; nothing is sent for what only the sweeper can reach."""
    # From now, not from when a request came: what lies between would make a timer late.
    delay = wake_up_delay(job.not_before, clock.now())
    if delay is None:
        return
    try:
        queue.send(WakeUp(job.job_id, job.org, delay))
    except Unavailable:
        warn("wake-up not sent: the sweeper will", job_id=job.job_id)
