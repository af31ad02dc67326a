"""The command `claimcheck`, imported once and forked for each call: its imports take longer than its work.

This file is run, never imported. Its standard input is a socket that listens, and `PROGRAM` in
`test_client_pages.py` calls it. All calls have this process's environment and folder.
"""

import json
import os
import socket
import sys

from claimcheck_client import __main__ as command
from claimcheck_client._command import app  # noqa: F401 - each call would import it


def answer(call: socket.socket) -> None:
    """Run the command with a call's arguments and standard files, and send its exit code."""
    arguments, files, *_ = socket.recv_fds(call, 1 << 16, 3)
    for number, file in enumerate(files):
        os.dup2(file, number)
    sys.argv[1:] = json.loads(arguments)
    try:
        command.main()
    except SystemExit as end:
        sys.stdout.flush()
        call.send(bytes([int(end.code or 0)]))


if __name__ == "__main__":
    calls = socket.socket(fileno=0)
    while True:
        call, _ = calls.accept()
        if os.fork() == 0:
            answer(call)
            break
        call.close()
