"""Progress of slow steps, on standard error."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class StepFailed(Exception):
    """A step of starting the local stack failed. The message names the step and its log."""


@contextmanager
def step(title: str) -> Iterator[None]:
    print(f"  {title} ... ", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", file=sys.stderr, flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def run(title: str, command: Sequence[str], log: Path, environ: Mapping[str, str], cwd: Path) -> None:
    """Run a command as a step. Raises: StepFailed, with the end of its log."""
    with step(title), log.open("wb") as output:
        done = subprocess.run(
            command,
            env=dict(environ),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise StepFailed(f"{title} failed. The end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
