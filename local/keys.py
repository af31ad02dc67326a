"""API keys, made by the command that the engine has for it, in a process of its own."""

import json
import os
import subprocess
import sys

from local.stack import PROJECT, Stack


def create_key(deployed: Stack, org: str, scopes: str = "jobs:read,jobs:write", limit: int = 120) -> str:
    """A new key; `limit` is in requests a minute."""
    command = [sys.executable, "-m", "claimcheck", "key"]
    options = ["--org", org, "--scopes", scopes, "--limit", str(limit)]
    shown = subprocess.check_output([*command, *options], env=environ_of(deployed), text=True)
    key: str = json.loads(shown.splitlines()[-1])["key"]
    return key


def environ_of(deployed: Stack) -> dict[str, str]:
    return deployed.endpoint.environ | {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(PROJECT / "layers" / "engine"),
        "TABLE_NAME": deployed.outputs["TableName"],
    }
