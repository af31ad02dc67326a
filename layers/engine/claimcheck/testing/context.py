"""A job context for testing a handler by itself."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claimcheck.domain.files import file_path, file_token
from claimcheck.domain.json_text import noted
from claimcheck.domain.observability import JobLog
from claimcheck.testing.tools import FakeTools

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from claimcheck.authoring.context import Tools
    from claimcheck.authoring.files import File, FileRef


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
    `files` has the content of each saved file by its name, and `refs` what `save` returned, by its URL.
    `open` takes a file that `File.of` made.
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
    files: dict[str, bytes] = field(default_factory=dict)
    refs: dict[str, FileRef] = field(default_factory=dict)

    def open(self, file: File) -> BinaryIO:
        assert file.content is not None, "an upload cannot be opened here: make the file with `File.of`"
        return io.BytesIO(file.content)

    def save(self, name: str, content: bytes | BinaryIO, content_type: str) -> FileRef:
        # Loads pydantic, which tests of polls must not do.
        from claimcheck.authoring.files import FileRef, check_file, readable

        file = readable(content)
        size = check_file(name, file, content_type, len(self.refs))
        file.seek(0)
        self.files[name] = file.read()
        url = file_path(self.job_id, file_token("", len(self.refs)), name)
        ref = self.refs[url] = FileRef(name=name, size=size, content_type=content_type, url=url)
        return ref

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
