"""API keys, made by the engine's admin command in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local import PROJECT
from local.stack import Stack


def create_key(deployed: Stack, org: str, **options: Any) -> str:
    """Return a new key. `options` are those of the command, such as `limit=600` or `plan="paid"`."""
    key: str = administer(deployed, "key", org=org, **options)["key"]
    return key


def administer(
    deployed: Stack, command: str, *, project: Path = PROJECT, **options: object
) -> dict[str, Any]:
    """Run an admin command, with the code of `project`, and return its answer."""
    named = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    done = [sys.executable, "-m", "claimcheck", command, *named]
    shown = subprocess.check_output(done, cwd=project, env=environ_of(deployed, project), text=True)
    answer: dict[str, Any] = json.loads(shown.splitlines()[-1])
    return answer


def environ_of(deployed: Stack, project: Path = PROJECT) -> dict[str, str]:
    return deployed.environ | {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": f"{project}/layers/engine:{project}",
    }
