"""MiniStack, the stand-in for AWS: one process with IAM enforced. Its state is in memory, or in a folder."""

import os
import subprocess
import sys
import time
from pathlib import Path

from local import PROJECT, STATE, process
from local.endpoint import Endpoint
from local.progress import StepFailed, step, tail

BOOT = 60.0  # seconds to wait for MiniStack; usually it takes one to three


def bare_environ(scratch: Path) -> dict[str, str]:
    """Return an environment without the caller's settings. Functions inherit it from MiniStack."""
    tools = Path(sys.executable).parent
    return {
        "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": os.environ.get("HOME", str(scratch)),
        "LANG": "C.UTF-8",
        "TMPDIR": str(scratch),
    }


def start(
    run_dir: Path, model_url: str, at: Endpoint, *, leashed: bool, data: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start MiniStack at an endpoint, with models from `model_url`. Its state stays in the folder `data`."""
    scratch = run_dir / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    environ = bare_environ(scratch) | {
        "GATEWAY_PORT": at.url.rpartition(":")[2],
        # Not among the arguments, which every user of the machine can list.
        "AWS_ACCESS_KEY_ID": at.secret,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_BEDROCK_PROXY_URL": model_url,
        # A local model can be slow. The worker has its own timeout.
        "MINISTACK_BEDROCK_PROXY_TIMEOUT_SECONDS": "100",
        # Without this it would look for old containers to remove.
        "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
    }
    if data is not None:
        environ |= {"PERSIST_STATE": "1", "STATE_DIR": str(data / "state")}
        environ |= {"S3_PERSIST": "1", "S3_DATA_DIR": str(data / "objects")}
    command = [sys.executable, "-m", "local.ministack_server", str(prepare_runtime())]
    return process.start(command, run_dir / "ministack.log", environ, leashed=leashed)


def prepare_runtime() -> Path:
    """Create or update an environment with only boto3, as in Lambda's runtimes: the `dependencies` of the
    project, as pinned in uv.lock.

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


def wait_until_ready(server: subprocess.Popen[bytes], endpoint: Endpoint, log: Path) -> None:
    """Raises StepFailed."""
    deadline = time.monotonic() + BOOT
    with step("MiniStack"):
        while server.poll() is None and time.monotonic() < deadline:
            if endpoint.answers():
                return
            time.sleep(0.1)
        raise StepFailed(f"MiniStack did not start. The end of {log}:\n{tail(log)}")
