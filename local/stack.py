"""The local stack.

`running` is for tests and the demo: its stack ends with the block. `up` and `down` manage the working copy's
one stack, which runs in the background and is described in `.local/stack.json`.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

from local import deploy, gaps, ministack, process, settings
from local.endpoint import REGION, Endpoint
from local.progress import StepFailed, step, tail
from local.standins.launch import launch, wait_until_ready

PROJECT = Path(__file__).resolve().parent.parent
STATE = PROJECT / ".local"
CURRENT = STATE / "stack.json"
# Held while the working copy's stack is started or stopped.
LOCK = STATE / "lock"
STACK_NAME = "claimcheck"
PREFERRED_PORT = 8080
PARAMETERS = {
    "WorkerMaxConcurrency": "4",
    "LogRetentionDays": "1",
    "LogExceptions": "true",
}
DAY = 86_400.0
START = 30.0


@dataclass(frozen=True, kw_only=True)
class Stack:
    api_url: str
    aws_endpoint_url: str
    region: str = REGION
    stack_name: str = STACK_NAME
    outputs: dict[str, str]
    process_groups: dict[str, int] = field(default_factory=dict)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.aws_endpoint_url)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.api_url}/health", timeout=START, trust_env=False).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running(project: Path = PROJECT, **parameters: str) -> Iterator[Stack]:
    """Run a stack of `project` that ends with the block, or with this process if it is killed.

    `parameters` are those of the template.
    """
    forget_old_runs()
    run_dir = Path(tempfile.mkdtemp(prefix="run-", dir=STATE))
    stack = bring_up(project, run_dir, PARAMETERS | parameters, port=0, leashed=True)
    try:
        yield stack
    finally:
        stop(stack.process_groups)
        process.discard(run_dir)


def up() -> Stack:
    """Start the working copy's stack in the background, or return the one that runs."""
    with process.alone(LOCK):
        found = current()
        if found and found.answers():
            settings.store_secrets(PROJECT, found.endpoint, found.stack_name)
            print("The stack already runs, with the code of its start. For new code: make down && make up")
            return found
        clean_up(found)
        return start()


def start() -> Stack:
    run_dir = STATE / "run"
    run_dir.mkdir(parents=True)
    parameters = PARAMETERS | settings.parameters(PROJECT)
    stack = bring_up(PROJECT, run_dir, parameters, port=PREFERRED_PORT, leashed=False)
    CURRENT.write_text(json.dumps(asdict(stack), indent=2) + "\n")
    return stack


def down() -> None:
    with process.alone(LOCK):
        clean_up(current())


def clean_up(found: Stack | None) -> None:
    if found:
        stop(found.process_groups)
    CURRENT.unlink(missing_ok=True)
    process.discard(STATE / "run")


def current() -> Stack | None:
    return Stack(**json.loads(CURRENT.read_text())) if CURRENT.exists() else None


def bring_up(project: Path, run_dir: Path, parameters: dict[str, str], *, port: int, leashed: bool) -> Stack:
    """Build and deploy the project, and serve the API at the root of a port. Raises: StepFailed."""
    groups: dict[str, int] = {}
    try:
        standins = launch(run_dir, leashed=leashed)
        groups |= standins.process_groups
        server, aws_port = ministack.start(run_dir, standins.model_url, leashed=leashed)
        groups["ministack"] = server.pid
        endpoint = Endpoint(f"http://127.0.0.1:{aws_port}")
        template = deploy.build(project, STATE / "builds", run_dir / "build.log")
        wait_until_ready(standins, run_dir)
        ministack.wait_until_ready(server, endpoint, run_dir / "ministack.log")
        outputs = deploy.deploy(
            template,
            project / "samconfig.toml",
            STACK_NAME,
            standins.parameters | parameters | {"EndpointUrl": endpoint.url},
            log=run_dir / "deploy.log",
            to=endpoint,
        )
        gaps.close(endpoint, STACK_NAME, outputs)
        settings.store_secrets(project, endpoint, STACK_NAME)
        api_port = process.free_port(port)
        api = [str(api_port), str(aws_port), f"/_aws/execute-api/{outputs['ApiId']}"]
        groups["local.proxy"] = process.start(
            [sys.executable, "-m", "local.proxy", *api],
            run_dir / "proxy.log",
            ministack.bare_environ(run_dir / "tmp"),
            leashed=leashed,
        ).pid
        api_url = f"http://127.0.0.1:{api_port}"
        wait_for_api(api_url, run_dir / "proxy.log")
    except BaseException:
        stop(groups)
        raise
    return Stack(api_url=api_url, aws_endpoint_url=endpoint.url, outputs=outputs, process_groups=groups)


def wait_for_api(api_url: str, log: Path) -> None:
    """Wait for the first response, which takes a second or two. Raises: StepFailed."""
    deadline = time.monotonic() + START
    with step("first answer"):
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{api_url}/health", timeout=START, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.is_success:
                return
            raise StepFailed(f"{api_url}/health returned {answer.status_code}: {answer.text}")
        raise StepFailed(f"{api_url} does not respond. The end of {log}:\n{tail(log)}")


def stop(process_groups: dict[str, int]) -> None:
    for command, group in process_groups.items():
        process.kill(group, command)


def forget_old_runs() -> None:
    """Delete the folders of killed runs after a day. Until then their logs can be read."""
    STATE.mkdir(exist_ok=True)
    for folder in [*STATE.glob("run-*"), *STATE.glob("gone-*")]:
        if folder.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(folder, ignore_errors=True)
