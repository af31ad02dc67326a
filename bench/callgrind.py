"""Instructions that a program takes, counted by Valgrind's callgrind: the same on a busy machine."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def instructions(command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
    """How many instructions `command` executes, in user space, all of its threads together.

    Raises: RuntimeError, with what it printed, when it fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        run = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
        done = subprocess.run(run, env=dict(environment), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found = TOTAL.findall(out.read_text())
        return int(found[-1])
