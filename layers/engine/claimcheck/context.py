"""What a handler is given beside its input."""

from __future__ import annotations

from typing import Protocol


class JobContext(Protocol):
    @property
    def job_id(self) -> str: ...

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""
        ...

    def remaining(self) -> float:
        """Seconds until this attempt is stopped: its type's timeout or the job's deadline."""
        ...

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Tell whoever polls how far the work is. Cheap to call often: at most one write a second."""

    def cancelled(self) -> bool:
        """Whether a cancel was asked for, or the lease was lost: stop early, nobody wants the result.

        Cheap to call often: at most one read a second.
        """
        ...
