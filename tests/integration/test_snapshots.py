"""A snapshot of a started function (SnapStart) becomes many functions: they share nothing that must differ.

`fork` copies a process like a snapshot. It also seeds Python's generator again, which a snapshot does not.
"""

import json
import os
import socket
import subprocess
import sys

import pytest

from tests.kit.cloud import REGION, moto_cloud
from tests.kit.deployment import PROJECT
from tests.kit.process import LAYERS

# It starts the function as Lambda does, then becomes two. Each child draws what the function draws.
COPIED = """
import json, os, random, sys
import app
state = random.getstate()
reading, writing = os.pipe()
for _ in range(2):
    if os.fork() == 0:
        random.setstate(state)
        drawn = app.engine.randomness
        shown = [drawn.job_id(0), drawn.token(), drawn.below(10**9)]
        os.write(writing, json.dumps(shown).encode() + b"\\n")
        os._exit(0)
    os.wait()
os.close(writing)
sys.stdout.write(os.fdopen(reading).read())
"""


@pytest.mark.parametrize("function", ["submit_job", "get_job"])
def test_copies_draw_different_numbers_and_hold_no_connection(function: str) -> None:
    with moto_cloud() as cloud, socket.create_server(("127.0.0.1", 0)) as aws:
        path = [PROJECT / "functions" / function, *LAYERS.values()]
        environment = cloud.environment(function) | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws.getsockname()[1]}",
        }
        done = subprocess.run(
            [sys.executable, "-c", COPIED], env=environment, capture_output=True, text=True, check=True
        )
        one, other = map(json.loads, done.stdout.splitlines())
        aws.setblocking(False)

        assert [pair for pair in zip(one, other, strict=True) if pair[0] == pair[1]] == []
        with pytest.raises(BlockingIOError):
            aws.accept()  # nobody has connected
