"""Functions in processes of their own, with their own logs and imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tests.kit import events
from tests.kit.added_app import path_with_added_app
from tests.kit.bridge import bridge
from tests.kit.cloud import REGION, Cloud, moto_cloud
from tests.kit.deployment import FUNCTIONS, PROJECT, properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.kit.bridge import Bridge

RUNTIME = Path(__file__).with_name("runtime.py")
LAYERS = {"EngineLayer": PROJECT / "layers/engine", "AppsLayer": PROJECT}


class Function:
    def __init__(self, process: subprocess.Popen[str], answers: IO[str], log: Path) -> None:
        self._process = process
        self._answers = answers
        self._log = log
        self.modules: set[str] = set()

    def invoke(self, event: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        line = self._answers.readline()
        assert line, self.log
        answered = json.loads(line)
        self.modules = set(answered["modules"])
        return answered["answer"]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        """Return everything that it has logged so far."""
        return self._log.read_text()


@contextmanager
def running(name: str, environment: dict[str, str], endpoint: str, log: Path) -> Iterator[Function]:
    """Run a function, by its logical id, with only the template's variables and layers, and the added app."""
    declared = properties(name)
    layers = [LAYERS[each["Ref"]] for each in declared["Layers"]]
    paths = [PROJECT / declared["CodeUri"], *path_with_added_app(log.parent), *layers]
    with serving(name, paths, environment, endpoint, log) as function:
        yield function


@contextmanager
def serving(
    name: str, paths: Iterable[Path], environment: dict[str, str], endpoint: str, log: Path
) -> Iterator[Function]:
    """Run the `app` on these paths, with these variables and Lambda's."""
    platform = {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_ENDPOINT_URL": endpoint,
    }
    reading, writing = os.pipe()
    with log.open("w") as out, os.fdopen(reading) as answers:
        process = subprocess.Popen(
            [sys.executable, "-u", RUNTIME, str(writing)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            text=True,
            env=environment | platform,
            pass_fds=[writing],
        )
        os.close(writing)
        try:
            yield Function(process, answers, log)
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(timeout=10) == 0, log.read_text()
        finally:
            # A failed process must close the connections of others that wait for it.
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Processes:
    """All four functions, each in its process, and the bridge between them and moto."""

    cloud: Cloud
    bridge: Bridge
    functions: dict[str, Function]

    def log(self) -> str:
        return "".join(function.log for function in self.functions.values())

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        return self.functions[function].invoke(event)

    def deliver(self) -> Any:
        """Deliver every visible wake-up to the worker."""
        return self.invoke("worker", events.batch(self.cloud.receive()))


@contextmanager
def all_running(logs: Path) -> Iterator[Processes]:
    with moto_cloud() as cloud, bridge() as aws, ExitStack() as stack:
        functions = {
            folder: stack.enter_context(
                running(name, cloud.environment(name), aws.url, logs / f"{folder}.log")
            )
            for name, folder in FUNCTIONS.items()
        }
        yield Processes(cloud, aws, functions)
