"""The tutorial's functions as programs, built like the engine's: the same libraries, with bytecode."""

from __future__ import annotations

import compileall
import json
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import TYPE_CHECKING, Any

from bench.program import Program
from bench.stage import INPUT
from studies.tutorial.deployment import deploy
from studies.tutorial.gateway import Gateway
from studies.tutorial.running import LOGICAL_IDS
from studies.tutorial.template import HERE
from tests.kit import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.program import Event
    from bench.stage import Stage
    from studies.tutorial.deployment import Deployment


FOLDERS = {"submit": "submit_job", "work": "worker", "poll": "get_job", "authorize": "authorizer"}


@dataclass(frozen=True)
class Programs:
    """The tutorial on the engine's stage. `code` is a copy of its functions."""

    stage: Stage
    deployed: Deployment
    code: Path
    key: str
    phases: tuple[str, ...] = tuple(FOLDERS)

    def program(self, phase: str) -> Program:
        return self._program(FOLDERS[phase])

    def events(self, phase: str, number: int) -> list[Event]:
        submission = self._request("POST", "/jobs", json.dumps({"input": INPUT}))
        if phase in ("submit", "authorize"):
            return [submission[FOLDERS[phase]]] * number
        answer = self.program("submit").run([submission["submit_job"]] * number).answer
        messages = self._messages()
        assert len(messages) == number
        if phase == "work":
            return messages
        self.program("work").run(messages)
        return [self._request("GET", answer["headers"]["Location"].removeprefix("/v1"))["get_job"]] * number

    def _program(self, folder: str) -> Program:
        worker, *libraries = self.stage.image.paths("Worker", ["EngineLayer", "AppsLayer"])
        # The engine's worker has the handler. Its own `app` comes after the tutorial's on the path.
        work = [worker] if folder == "worker" else []
        trusted = self.stage.image.sdk / "botocore" / "cacert.pem"
        everything = self.stage.environment("GetJob", trusted).items()
        lambdas = {name: value for name, value in everything if name.startswith("AWS_")}
        variables = self.deployed.environment(LOGICAL_IDS[folder]) | lambdas
        return Program([self.code / folder, *work, *libraries], variables)

    def _request(self, method: str, path: str, body: str | None = None) -> dict[str, Event]:
        """Return the events of a request with a key that is not cached, by function."""
        given: dict[str, Event] = {}

        def invoke(folder: str, event: Event) -> Any:
            given[folder] = event
            return self._program(folder).run([event]).answer if folder == "authorizer" else None

        Gateway(invoke, time.monotonic).request(method, path, self.key, body)
        return given

    def _messages(self) -> list[Event]:
        found = []
        while messages := self.deployed.receive():
            found += [events.batch([message]) for message in messages]
        return found


@contextmanager
def programs(stage: Stage) -> Iterator[Programs]:
    with tempfile.TemporaryDirectory() as folder:
        code = Path(shutil.copytree(HERE / "functions", Path(folder) / "functions"))
        compileall.compile_dir(code, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
        deployed = deploy()
        yield Programs(stage, deployed, code, deployed.issue_key("acme"))
