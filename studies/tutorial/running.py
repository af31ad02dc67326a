"""The running tutorial: each function in its own process, behind the gateway and the queue."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from studies.tutorial import deployment
from studies.tutorial.gateway import Gateway
from studies.tutorial.template import FUNCTIONS, HERE
from tests.kit import events
from tests.kit.deployment import PROJECT
from tests.kit.process import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from studies.tutorial.deployment import Deployment
    from tests.kit.process import Function

LOGICAL_IDS = {folder: name for name, folder in FUNCTIONS.items()}
# The engine's handler, so that both do the same work.
WORK = [PROJECT, PROJECT / "layers/engine"]


class Functions(dict[str, "Function"]):
    """The functions by folder, each started at its first use."""

    def __init__(self, start: Callable[[str], Function]) -> None:
        super().__init__()
        self._start = start

    def __missing__(self, folder: str) -> Function:
        started = self[folder] = self._start(folder)
        return started


@dataclass(frozen=True)
class Tutorial:
    deployed: Deployment
    functions: Functions
    gateway: Gateway

    def submit(self, key: str, body: Any, **headers: str) -> dict[str, Any]:
        text = body if isinstance(body, str) else json.dumps(body)
        return dict(self.gateway.request("POST", "/jobs", key, text, **headers))

    def get(self, key: str, job_id: str) -> dict[str, Any]:
        return dict(self.gateway.request("GET", f"/jobs/{job_id}", key))

    def work(self, messages: list[dict[str, Any]], function: str = "worker") -> dict[str, Any]:
        """Deliver messages to a function, as one batch."""
        return dict(self.functions[function].invoke(events.batch(messages)))


@contextmanager
def running(endpoint: str, logs: Path, now: Callable[[], float] = time.monotonic) -> Iterator[Tutorial]:
    """Run the tutorial. moto must be active in this process and serve `endpoint`."""
    deployed = deployment.deploy()
    with ExitStack() as stack:

        def start(folder: str) -> Function:
            environment = deployed.environment(LOGICAL_IDS[folder])
            log = logs / f"tutorial-{folder}.log"
            return stack.enter_context(serving(folder, paths(folder), environment, endpoint, log))

        functions = Functions(start)
        gateway = Gateway(lambda folder, event: functions[folder].invoke(event), now)
        yield Tutorial(deployed, functions, gateway)


def paths(folder: str) -> list[Path]:
    return [HERE / "functions" / folder, *(WORK if folder == "worker" else [])]
