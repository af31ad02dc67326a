"""A function as a program, run for its response or for its number of instructions.

Valgrind's callgrind counts the instructions. Other load does not change them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Event = dict[str, Any]

RUNTIME = Path(__file__).with_name("runtime.py")
# A fixed environment. A random hash seed would change the order of sets.
ENVIRONMENT = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a run. `peak` is in MB (10⁶ bytes) of resident memory."""

    answer: Any
    modules: frozenset[str]
    peak: float


@dataclass(frozen=True, slots=True)
class Program:
    """A function: the `paths` of its modules, `app` included, and its `environment`."""

    paths: Sequence[Path]
    environment: Mapping[str, str]

    def run(self, events: Sequence[Event], memory: int | None = None) -> Report:
        """Run the function for each event, with at most `memory` MiB of address space.

        Raises: RuntimeError with its stderr if it fails.
        """
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report"
            limit = [] if memory is None else ["prlimit", f"--as={memory * 2**20}"]
            command = [*limit, *self._command(folder, events, report)]
            done = subprocess.run(command, env=self._environment(), capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr)
            found = json.loads(report.read_text())
        return Report(found["answer"], frozenset(found["modules"]), found["peak"] * 1024 / 1e6)

    def instructions(self, events: Sequence[Event]) -> int:
        """Return the instructions from the interpreter's start to the last response."""
        with tempfile.TemporaryDirectory() as folder:
            return instructions_of(self._command(folder, events, ""), self._environment())

    def _command(self, folder: str, events: Sequence[Event], report: Path | str) -> list[str | Path]:
        lines = Path(folder) / "events"
        lines.write_text("".join(json.dumps(event) + "\n" for event in events))
        return [sys.executable, "-S", RUNTIME, lines, report, *self.paths]

    def _environment(self) -> dict[str, str]:
        return ENVIRONMENT | dict(self.environment)


def instructions_of(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """Return the instructions of `command` in user space, all threads included.

    Raises: RuntimeError with its stderr if the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        run = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
        done = subprocess.run(run, env=dict(environment), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return int(TOTAL.findall(out.read_text())[-1])
