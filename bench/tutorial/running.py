"""The tutorial at work: each function in a process of its own, behind its gateway and its queue."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from bench.tutorial import deployment
from bench.tutorial.gateway import Gateway
from bench.tutorial.template import FUNCTIONS, HERE
from tests.integration import events
from tests.integration.process import serving
from tests.project.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.tutorial.deployment import Deployment
    from tests.integration.process import Function

LOGICAL_IDS = {folder: name for name, folder in FUNCTIONS.items()}
# What does the work is the engine's own, so that both do the same.
WORK = [PROJECT / "functions/worker", PROJECT / "layers/engine", PROJECT / "layers/job_types"]


class Tutorial:
    """Functions are started when they are first invoked; `invocations` counts by their folders."""

    def __init__(self, deployed: Deployment, start: Callable[[str], Function], now: Callable[[], float]):
        self.deployed = deployed
        self.gateway = Gateway(self.invoke, now)
        self.invocations: Counter[str] = Counter()
        self._start = start
        self._functions: dict[str, Function] = {}

    def invoke(self, folder: str, event: dict[str, Any]) -> Any:
        if folder not in self._functions:
            self._functions[folder] = self._start(folder)
        self.invocations[folder] += 1
        return self._functions[folder].invoke(event)

    def deliver(self, queue: str = "Queue", to: str = "worker") -> Any:
        """Bring what is visible on a queue to its function, as one batch."""
        return self.invoke(to, events.batch(self.deployed.receive(queue)))

    def log(self) -> str:
        return "".join(function.log for function in self._functions.values())


@contextmanager
def running(endpoint: str, logs: Path, now: Callable[[], float] = time.monotonic) -> Iterator[Tutorial]:
    """Needs moto to be on in this process, and to answer at `endpoint`."""
    deployed = deployment.deploy()
    with ExitStack() as stack:

        def start(folder: str) -> Function:
            environment = deployed.environment(LOGICAL_IDS[folder])
            log = logs / f"{folder}.log"
            return stack.enter_context(serving(folder, paths(folder), environment, endpoint, log))

        yield Tutorial(deployed, start, now)


def paths(folder: str) -> list[Path]:
    return [HERE / "functions" / folder, *(WORK if folder == "worker" else [])]
