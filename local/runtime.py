"""The interpreter of the local functions: this Python with only boto3, as in Lambda's runtimes."""

import os
import subprocess
import sys
from pathlib import Path

from local import process
from local.places import PROJECT, STATE
from local.progress import StepFailed


def prepare() -> Path:
    """Create or update an environment with the project's `dependencies`, as pinned in uv.lock.

    Return its interpreter. It takes a second the first time. Raises: StepFailed.
    """
    place = STATE / f"lambda-{sys.version_info.major}.{sys.version_info.minor}"
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "sync", "--quiet", "--frozen", "--no-default-groups", "--python", sys.executable]
    with process.alone(STATE / "lambda.lock"):
        environ = os.environ | {"UV_PROJECT_ENVIRONMENT": str(place)}
        environ.pop("VIRTUAL_ENV", None)
        done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    if done.returncode:
        raise StepFailed(f"{place} cannot be set up:\n{done.stderr}")
    return place / "bin" / "python"
