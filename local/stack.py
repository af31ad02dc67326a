"""The local stack: MiniStack, the stand-ins, the deployed project, and the API at the root of a port."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local import PROJECT, STATE, ministack, process
from local.endpoint import REGION, Endpoint, answers, http
from local.progress import StepFailed, step, tail
from local.rollout import STACK_NAME, Deployment, roll_out
from local.standins.launch import launch, wait_until_ready

PARAMETERS = {
    "WorkerMaxConcurrency": "4",
    "LogRetentionDays": "1",
    "LogExceptions": "true",
}
DAY = 86_400.0
START = 30.0


@dataclass(frozen=True, kw_only=True)
class Stack(Deployment):
    """A running stack.

    `process_groups` are by a part of their leader's command, `ports` by what serves there.
    """

    api_url: str
    aws_endpoint_url: str
    aws_access_key_id: str = "test"  # that of stacks that version 0.2 started
    region: str = REGION
    stack_name: str = STACK_NAME
    process_groups: dict[str, int]
    ports: dict[str, int]

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.aws_endpoint_url, self.aws_access_key_id)

    @property
    def environ(self) -> dict[str, str]:
        """The variables that lead an AWS SDK and the admin command here."""
        named = {"TABLE_NAME": self.outputs["TableName"], "BUCKET_NAME": self.outputs["BucketName"]}
        return self.endpoint.environ | named

    def answers(self) -> bool:
        return answers(f"{self.api_url}/health", START)


@contextmanager
def running(project: Path = PROJECT, **parameters: str) -> Iterator[Stack]:
    """Run a stack of `project` that ends with the block, or with this process if it is killed.

    It starts without data, and leaves none. `parameters` are those of the template.
    """
    forget_old_runs()
    run_dir = Path(tempfile.mkdtemp(prefix="run-", dir=STATE))
    stack = bring_up(project, run_dir, PARAMETERS | parameters, leashed=True)
    try:
        yield stack
    finally:
        stop(stack.process_groups)
        process.discard(run_dir)


def bring_up(
    project: Path,
    run_dir: Path,
    parameters: dict[str, str],
    *,
    leashed: bool,
    data: Path | None = None,
    former: Deployment | None = None,
    ports: dict[str, int] | None = None,
) -> Stack:
    """Deploy the project, and serve the API at the root of a port.

    `data` is the folder of MiniStack's state, in which `former` is deployed. If None, it is in memory.
    `ports` are preferred. `former` needs that of MiniStack, which the URLs of queues contain.
    Raises: StepFailed.
    """
    groups: dict[str, int] = {}
    ports = ports or {}
    try:
        standins = launch(run_dir, ports, leashed=leashed)
        groups |= standins.process_groups
        aws_port = process.free_port(ports.get("ministack", 0))
        if former and aws_port != ports["ministack"]:
            raise StepFailed(
                f"Something else uses the port {ports['ministack']}, which the stack's data need. Stop it, "
                "or delete the data with `make reset`."
            )
        endpoint = Endpoint.create(aws_port)
        server = ministack.start(run_dir, standins.model_url, endpoint, data=data, leashed=leashed)
        groups["ministack"] = server.pid
        wait_until_ready(standins, run_dir)
        ministack.wait_until_ready(server, endpoint, run_dir / "ministack.log")
        deployment = roll_out(project, standins.parameters | parameters, former, run_dir, endpoint)
        api_port = process.free_port(ports.get("api", 0))
        api = [str(api_port), str(aws_port), f"/_aws/execute-api/{deployment.outputs['ApiId']}"]
        groups["local.proxy"] = process.start(
            [sys.executable, "-m", "local.proxy", *api],
            run_dir / "proxy.log",
            ministack.bare_environ(run_dir / "tmp") | {"SECRET": endpoint.secret},
            leashed=leashed,
        ).pid
        api_url = f"http://127.0.0.1:{api_port}"
        wait_for("first answer", f"{api_url}/health", run_dir / "proxy.log")
    except BaseException:
        stop(groups)
        raise
    return Stack(
        api_url=api_url,
        aws_endpoint_url=endpoint.url,
        aws_access_key_id=endpoint.secret,
        process_groups=groups,
        ports=standins.ports | {"ministack": aws_port, "api": api_port},
        **vars(deployment),
    )


def wait_for(title: str, url: str, log: Path) -> None:
    """Wait for the first response, which takes a second or two. Raises: StepFailed."""
    deadline = time.monotonic() + START
    with step(title):
        while time.monotonic() < deadline:
            try:
                answer = http.get(url, timeout=START)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.is_success:
                return
            raise StepFailed(f"{url} returned {answer.status_code}: {answer.text}")
        raise StepFailed(f"{url} does not respond. The end of {log}:\n{tail(log)}")


def stop(process_groups: dict[str, int]) -> None:
    for command, group in process_groups.items():
        process.kill(group, command)


def forget_old_runs() -> None:
    """Delete the folders of killed runs after a day. Until then their logs can be read."""
    STATE.mkdir(exist_ok=True)
    for folder in [*STATE.glob("run-*"), *STATE.glob("gone-*")]:
        if folder.stat().st_mtime < time.time() - DAY:
            shutil.rmtree(folder, ignore_errors=True)
