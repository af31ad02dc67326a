"""A function as a program: run for what it answers, or for how many instructions it takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import callgrind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Event = dict[str, Any]

RUNTIME = Path(__file__).with_name("runtime.py")
# Nothing of whoever measures. Hashes differ from run to run, and with them the order of sets.
ENVIRONMENT = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True, slots=True)
class Report:
    """What a run told of itself. `peak` is in MB (10⁶ bytes) of resident memory."""

    answer: Any
    modules: frozenset[str]
    peak: float


@dataclass(frozen=True, slots=True)
class Program:
    """`paths` are where it finds `app` and all else; `environment` is all that it is told."""

    paths: Sequence[Path]
    environment: Mapping[str, str]

    def run(self, events: Sequence[Event]) -> Report:
        """Raises: RuntimeError, with what it printed, when it fails."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report"
            command = self._command(folder, events, report)
            done = subprocess.run(command, env=self._environment(), capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr)
            told = json.loads(report.read_text())
        return Report(told["answer"], frozenset(told["modules"]), told["peak"] * 1024 / 1e6)

    def cold(self, event: Event) -> int:
        """Instructions from the interpreter's start to the first answer."""
        return self.instructions([event])

    def instructions(self, events: Sequence[Event]) -> int:
        """From the interpreter's start to the last answer."""
        with tempfile.TemporaryDirectory() as folder:
            return callgrind.instructions(self._command(folder, events, ""), self._environment())

    def _command(self, folder: str, events: Sequence[Event], report: Path | str) -> list[str | Path]:
        lines = Path(folder) / "events"
        lines.write_text("".join(json.dumps(event) + "\n" for event in events))
        return [sys.executable, "-S", RUNTIME, lines, report, *self.paths]

    def _environment(self) -> dict[str, str]:
        return ENVIRONMENT | dict(self.environment)
