"""Background processes.

Each leads a process group, so its children end with it. A leashed process also ends with the process that
started it, even after SIGKILL: it reads from a pipe that the owner holds.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")

_started: list["subprocess.Popen[bytes]"] = []  # keeps the pipes of leashed processes open


def start(
    command: Sequence[str], log: Path, environ: Mapping[str, str], *, leashed: bool
) -> "subprocess.Popen[bytes]":
    if leashed:
        command = [sys.executable, str(LEASH), *command]
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            cwd=Path(__file__).parent.parent,
            env=dict(environ),
            stdin=subprocess.PIPE if leashed else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started.append(started)
    return started


def kill(group: int, command: str) -> None:
    """Kill a process group.

    A group that another run started must still be led by `command`: its number can have been reused.
    """
    ours = [started for started in _started if started.pid == group]
    if ours or command in command_of(group):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for started in ours:
        started.communicate()
        _started.remove(started)


def end(group: int, command: str, patience: float) -> None:
    """Let the leader of a process group end by itself, for `patience` seconds, and kill the group."""
    deadline = time.monotonic() + patience
    if command in command_of(group):
        with suppress(ProcessLookupError):
            os.kill(group, signal.SIGTERM)
            while command in command_of(group) and time.monotonic() < deadline:
                time.sleep(0.05)
            os.killpg(group, signal.SIGKILL)
    kill(group, command)


def command_of(process: int) -> str:
    found = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(process)], capture_output=True, text=True)
    return found.stdout


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Hold a lock that only one process can have. Others wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def discard(folder: Path) -> None:
    """Delete a folder in the background. It is large: each function leaves a copy of its layers there."""
    if folder.exists():
        gone = Path(tempfile.mkdtemp(prefix="gone-", dir=folder.parent))
        folder.rename(gone / folder.name)
        subprocess.run(["sh", "-c", 'rm -rf "$0" &', gone])


def free_port(preferred: int = 0) -> int:
    """Return the preferred port of the loopback interface if it is free, otherwise any free port."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("the loopback interface has no free port")
