"""Background processes that never outlive their purpose.

Each one leads a process group, so that what it starts ends with it. A leashed one also ends
when whoever started it does, even by SIGKILL: it holds the far end of a pipe.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
    """End a process group at once, if `command` still leads it: after a reboot its number may be
    another's. Nothing in it has anything to save."""
    seen = subprocess.run(["ps", "-o", "args=", "-p", str(group)], capture_output=True, text=True)
    if command in seen.stdout:
        os.killpg(group, signal.SIGKILL)
    for started in _started:
        if started.pid == group:
            started.wait()


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
