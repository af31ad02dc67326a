"""Background processes that never outlive their purpose.

Each one leads a process group, so that what it starts ends with it. A leashed one also ends
when whoever started it does, even by SIGKILL: it holds the far end of a pipe.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")

_started: list["subprocess.Popen[bytes]"] = []  # a forgotten one would drop its leash


def start(
    command: Sequence[str], log: Path, environ: Mapping[str, str], *, leashed: bool
) -> "subprocess.Popen[bytes]":
    """Start `command` in a process group of its own, its output appended to `log`."""
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
    """End a process group at once; nothing in it has anything to save.

    One that another run started must still be led by `command`: after a reboot its number may
    be somebody else's.
    """
    ours = [started for started in _started if started.pid == group]
    if ours or command in command_of(group):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for started in ours:
        started.communicate()
        _started.remove(started)


def command_of(process: int) -> str:
    found = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(process)], capture_output=True, text=True)
    return found.stdout


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time: another one that asks for the same lock waits."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def discard(folder: Path) -> None:
    """Delete a folder without waiting: each function that ran left a copy of its layers there."""
    if folder.exists():
        gone = Path(tempfile.mkdtemp(prefix="gone-", dir=folder.parent))
        folder.rename(gone / folder.name)
        subprocess.run(["sh", "-c", 'rm -rf "$0" &', gone])


def free_port(preferred: int = 0) -> int:
    """The preferred port of the loopback interface if nothing listens there, else any."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("the loopback interface has no free port")
