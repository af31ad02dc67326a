"""A job context for testing a handler by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claimcheck.domain.json_text import noted
from claimcheck.domain.observability import JobLog
from claimcheck.testing.tools import FakeTools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.authoring.context import Tools


class RecordingLog(JobLog):
    """A log that keeps its lines: level, message and details."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def _write(self, level: str, message: str, details: dict[str, Any]) -> None:
        self.lines.append((level, message, details))


@dataclass
class RecordingContext:
    """A `JobContext` that records progress, details and log lines (`log.lines`).

    `cancelled()` is true after `cancelled_after` calls. `state` is that of an earlier `Again`.
    """

    job_id: str = "0197917e-6a10-7cc3-98a4-1f2e3d4c5b6a"
    attempt: int = 1
    seconds: float = 60.0
    cancelled_after: int | None = None
    tools: Tools = field(default_factory=FakeTools)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    reported: list[tuple[int, int | None, str | None]] = field(default_factory=list)
    state: Any = None
    details: dict[str, Any] = field(default_factory=dict)
    log: RecordingLog = field(default_factory=RecordingLog)
    trace: Mapping[str, str] = field(default_factory=dict)

    def secret(self, name: str) -> str:
        assert name in self.secrets, f"no secret {name!r}: declare it in app.toml, and give it in `secrets`"
        return self.secrets[name]

    def remaining(self) -> float:
        return self.seconds

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        self.reported.append((done, total, message))

    def note(self, **details: Any) -> None:
        self.details = noted(self.details, details)

    def cancelled(self) -> bool:
        if self.cancelled_after is None:
            return False
        self.cancelled_after -= 1
        return self.cancelled_after < 0
