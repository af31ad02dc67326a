"""An API key for a deployment, made by the engine's own code in a process of its own."""

import os
import subprocess
import sys

from local.stack import PROJECT, Stack

MAKE_KEY = """
import sys
from claimcheck.bootstrap import bootstrap
from claimcheck.tenancy import ApiKey, issue_key
org, scopes, limit = sys.argv[1:]
print(issue_key(bootstrap().keys, ApiKey(org=org, scopes=tuple(scopes.split()), limit=int(limit))))
"""


def create_key(deployed: Stack, org: str, scopes: str = "jobs:read jobs:write", limit: int = 120) -> str:
    """A new key; `scopes` are parted by spaces, `limit` is in requests a minute."""
    environ = deployed.endpoint.environ | {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(PROJECT / "layers" / "engine"),
        "TABLE_NAME": deployed.outputs["TableName"],
    }
    command = [sys.executable, "-c", MAKE_KEY, org, scopes, str(limit)]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.strip()
