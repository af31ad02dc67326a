"""The worker, imported once and forked for each event, so that it can be killed and started often.

This file is run, never imported: `python forking.py <clock> <answers>` reads one event per line from standard
input. It writes to the file descriptor `answers` the id of the process that handles the event, and a second
line after its end. The file `clock` has the time, in milliseconds, at which each process starts.
"""

import json
import os
import sys
import time
from pathlib import Path

import claimcheck.bootstrap
import claimcheck.canonical.rendering

CLOCK, ANSWERS = Path(sys.argv[1]), int(sys.argv[2])
# What the first job and the first callback of each process would make.
PARTS = ("callback_sender", "documents", "outbound", "queue", "reader", "worker")


class MovedClock:
    """Starts at the time in the file, and runs as fast as the real clock."""

    begin = 0.0

    def now(self) -> int:
        return int(CLOCK.read_text()) + int((time.monotonic() - self.begin) * 1000)

    def sleep(self, duration: int) -> None:
        time.sleep(duration / 1000)


class LambdaContext:
    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 120_000


def serve() -> None:
    engine = claimcheck.bootstrap.Engine(clock=MovedClock())
    for part in PARTS:
        getattr(engine, part)
    # Before the import, which would build its own.
    vars(claimcheck.bootstrap)["bootstrap"] = lambda: engine
    from app import handler

    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            MovedClock.begin = time.monotonic()
            handler(json.loads(line), LambdaContext())
            os._exit(0)
        report(pid)
        _, status = os.waitpid(pid, 0)
        report(status)


def report(number: int) -> None:
    os.write(ANSWERS, f"{number}\n".encode())


if __name__ == "__main__":
    serve()
