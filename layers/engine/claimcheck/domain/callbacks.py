"""How often and how long a callback is tried: the moves of a job that has ended and owes its callback.

Pure, as `job` is: `service.callbacks.sender` makes the call. A delivery has the job's own lease, as a run
has before the end, and `not_before` is when it may next be tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.job import HOUR, LEASE_MARGIN, MINUTE, SECOND, Lease, safety_net

if TYPE_CHECKING:
    from claimcheck.domain.job import Job, Millis
    from claimcheck.domain.ports import Randomness

# The pauses between the tries: some 16 hours in all, in the steps that Standard Webhooks advises
# (its specification, "Deliverability and reliability").
PAUSES: tuple[Millis, ...] = (
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
)
MAX_TRIES = len(PAUSES) + 1
# How long a receiver may take ("request timeouts" in the same specification: 15 to 30 s).
CALL_TIMEOUT: Millis = 15 * SECOND
# A receiver that asks for a longer pause is called before it would like to be.
LONGEST_ASKED: Millis = HOUR


def begun(job: Job, now: Millis, token: str) -> Job:
    """Leased for one try; or given up, when the last one was cut off before its answer was known."""
    assert job.callback is not None
    if job.callback.tries >= MAX_TRIES:
        return job.called_back(now, "failed")
    counted = job.callback._replace(tries=job.callback.tries + 1, calls=job.callback.calls + 1)
    return job.evolve(callback=counted, lease=Lease(token, now + CALL_TIMEOUT + LEASE_MARGIN))


def undelivered(job: Job, now: Millis, pause: Millis | None) -> Job:
    """The next try after this pause; given up with none, after the last try, or when it would be too late."""
    assert job.callback is not None
    not_before = now + (pause or 0)
    if pause is None or job.callback.tries >= MAX_TRIES or not_before >= job.callback.until:
        return job.called_back(now, "failed")
    due_at = safety_net(not_before, job.callback.until, now)
    return job.evolve(lease=None, not_before=not_before, due_at=due_at)


def pause_after(tries: int, asked: float | None, randomness: Randomness) -> Millis:
    """At least the pause that follows this try, and up to a quarter more, so that receivers that were
    down are not called by all at once; `asked` is a `Retry-After`, in seconds."""
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    return max(pause + randomness.below(pause // 4), min(int((asked or 0) * SECOND), LONGEST_ASKED))
