"""The stack in the foreground: each saved file is deployed, and the functions' logs are one stream."""

import sys
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError

from local import PROJECT, process, settings, working_copy
from local.deploy import SOURCES, source_files
from local.logs import Tail
from local.progress import StepFailed
from local.stack import Stack

# A look at a few hundred files takes milliseconds, so no library for the system's events is needed.
LOOK_EVERY = 0.3  # seconds


def follow(announce: Callable[[Stack], None]) -> None:
    """Start and announce the stack. Then print logs and deploy saved files until it is stopped elsewhere."""
    deployed, began = look(), time.time()
    running = working_copy.up()
    announce(running)
    print("\nSaved files are deployed, and logs follow. Ctrl-C stops the stack.\n")
    logs = Tail(running, since=began)
    while working_copy.current():
        try:
            for line in logs.read():
                print(line)
        except BotoCoreError:
            # What stops the stack elsewhere holds the lock until it has.
            with process.alone(working_copy.LOCK):
                if working_copy.current():
                    raise
        saved = look()
        if saved != deployed:
            deployed = saved
            try:
                working_copy.renew()
            except StepFailed as failure:
                print(f"{failure}\nSave a file to try again.", file=sys.stderr)
        time.sleep(LOOK_EVERY)


def look() -> dict[str, tuple[int, int]]:
    """Return the times and sizes of the files that are deployed."""
    found = {}
    for path in source_files(PROJECT, (*SOURCES, "samconfig.toml", settings.FILE)):
        try:
            stat = path.stat()
        except FileNotFoundError:  # deleted meanwhile
            continue
        found[str(path)] = (stat.st_mtime_ns, stat.st_size)
    return found
