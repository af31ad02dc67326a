"""Instructions of a program, counted by Valgrind's callgrind. Other load does not change them."""

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
    """Return the instructions of `command` in user space, all threads included.

    Raises: RuntimeError with its stderr if the command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        run = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command]
        done = subprocess.run(run, env=dict(environment), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found = TOTAL.findall(out.read_text())
        return int(found[-1])
