"""Retries of a callback: the moves of an ended job whose callback is pending.

The functions are pure, as in `job`; `service.callbacks.sender` sends the request. A delivery holds the
job's lease. `not_before` is the time of the next try.
"""

from claimcheck.domain.job import HOUR, LEASE_MARGIN, MINUTE, SECOND, Job, Lease, Millis, safety_net
from claimcheck.domain.ports import Randomness

# Pauses between tries, about 16 hours in all: the steps that the Standard Webhooks specification
# recommends ("Deliverability and reliability").
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
# The same specification, "request timeouts": 15 to 30 s.
CALL_TIMEOUT: Millis = 15 * SECOND
# The limit for a `Retry-After`.
LONGEST_ASKED: Millis = HOUR


def started(job: Job, now: Millis, token: str) -> Job:
    """Lease the job for one try, or give up if a lost worker has used the last one."""
    assert job.callback is not None
    if job.callback.tries >= MAX_TRIES:
        return job.called_back(now, "failed")
    counted = job.callback._replace(tries=job.callback.tries + 1, calls=job.callback.calls + 1)
    return job.evolve(callback=counted, lease=Lease(token, now + CALL_TIMEOUT + LEASE_MARGIN))


def undelivered(job: Job, now: Millis, pause: Millis | None) -> Job:
    """Wait for the next try. Give up without a pause, after the last try, or past `callback.until`."""
    assert job.callback is not None
    not_before = now + (pause or 0)
    if pause is None or job.callback.tries >= MAX_TRIES or not_before >= job.callback.until:
        return job.called_back(now, "failed")
    due_at = safety_net(not_before, job.callback.until, now)
    return job.evolve(lease=None, not_before=not_before, due_at=due_at)


def pause_after(tries: int, asked: float | None, randomness: Randomness) -> Millis:
    """Return the pause after this try, at random up to a quarter longer to spread retries.

    `asked` is the receiver's `Retry-After`, in seconds: a minimum, up to one hour.
    """
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    return max(pause + randomness.below(pause // 4), min(int((asked or 0) * SECOND), LONGEST_ASKED))
