"""The clients of published pages: curl as the pages use it, and Node where they use it."""

import json
import shutil
import subprocess
from typing import Any, NamedTuple

import pytest

needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="the page's commands need curl")
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="the page's JavaScript needs Node")


class Answer(NamedTuple):
    """A response with header names in lower case."""

    status: int
    headers: dict[str, str]
    json: Any


def curl(*arguments: str) -> Answer:
    """Run curl with the page's arguments, and `-i` to see the headers."""
    done = subprocess.run(["curl", "-i", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    head, _, body = (
        done.stdout.partition("\n\n") if "\r\n" not in done.stdout else done.stdout.partition("\r\n\r\n")
    )
    status, *lines = head.splitlines()
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(status.split()[1]), headers, json.loads(body))
