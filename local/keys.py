"""API keys, made by the engine's admin command in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from local.places import PROJECT
from local.stack import Stack


def create_key(deployed: Stack, org: str, **options: object) -> str:
    """Return a new key. `options` are those of the command, such as `limit=600` or `plan="paid"`."""
    key: str = administer(deployed, "key", org=org, **options)["key"]
    return key


def administer(deployed: Stack, command: str, **options: object) -> dict[str, Any]:
    named = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    done = [sys.executable, "-m", "claimcheck", command, *named]
    shown = subprocess.check_output(done, env=environ_of(deployed), text=True)
    answer: dict[str, Any] = json.loads(shown.splitlines()[-1])
    return answer


def environ_of(deployed: Stack) -> dict[str, str]:
    return deployed.endpoint.environ | {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(PROJECT / "layers" / "engine"),
        "TABLE_NAME": deployed.outputs["TableName"],
        "BUCKET_NAME": deployed.outputs["BucketName"],
    }
