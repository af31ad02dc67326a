"""The one way a stored job changes: decide on what stands, store it if it still stands, or decide anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.model import Job
    from claimcheck.ports import JobStore, Randomness

    Decision = Callable[[Job], Job]

# A job has few writers at a time: its worker, a cancel, the sweeper.
TRIES = 10


def transition(
    store: JobStore, randomness: Randomness, job: Job, decide: Decision, token: str | None = None
) -> Job:
    """Move `job` on by `decide`, which returns what it was given when there is nothing to do.

    `token` identifies this write as its writer's own, so that one that worked though its call
    failed is recognised. Returns the job as it then stands.
    Raises: Unavailable, OutcomeUnknown; Conflict when the row is gone.
    """
    for _ in range(TRIES):
        new = decide(job)
        if new is job:
            return job
        new = new.evolve(written_by=token or randomness.token())
        try:
            store.replace(job, new)
        except Conflict as conflict:
            if conflict.current is None:
                raise
            job = conflict.current
        else:
            return new
    raise Unavailable("The job is being changed by others right now: try again.")
