"""Workers that are killed by SIGKILL at chosen points.

A worker's exchanges are its calls to AWS and to a test's server. It is killed during the nth exchange (which
takes effect, but its answer is not seen), or shortly after it. So the points do not depend on the machine's
speed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import pytest

from claimcheck.aws.dynamodb import rows
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.testing import FrozenClock
from tests.kit import events
from tests.kit.added_app import added_app, path_with_added_app
from tests.kit.bridge import bridge
from tests.kit.cloud import REGION, Cloud, moto_cloud, queue_time
from tests.kit.deployed import Deployed, issue_key, load_handler
from tests.kit.deployment import PROJECT
from tests.kit.process import LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from claimcheck.domain.job import Job
    from tests.kit.upstream import Act, Line

FORKING = Path(__file__).with_name("forking.py")


class Death(NamedTuple):
    """In the exchange of this number, or `after` seconds after its answer."""

    exchange: int
    after: float | None = None

    @classmethod
    def somewhere(cls, luck: Random, exchanges: int) -> Death:
        after = luck.choice([None, luck.uniform(0, 0.01)])
        return cls(luck.randint(1, exchanges), after)


class Life:
    """One worker's exchanges, until its `death`. `hit` names the exchange in which it was killed."""

    def __init__(self, death: Death | None) -> None:
        self.worker: Future[int] = Future()
        self.hit: str | None = None
        self._death = death
        self._numbers = count(1)

    @contextmanager
    def exchange(self, name: str) -> Iterator[None]:
        """Count an exchange. The `with` block is the answer."""
        number = next(self._numbers)
        if self._death == (number, None):
            self._kill(name)
        yield
        if self._death is not None and self._death.after is not None and self._death.exchange == number:
            time.sleep(self._death.after)
            self._kill(f"after {name}")

    def _kill(self, name: str) -> None:
        self.hit = name
        with suppress(ProcessLookupError):
            os.kill(self.worker.result(), signal.SIGKILL)


class Workers:
    """One worker at a time, each a fork of a process that has everything imported."""

    def __init__(self, process: subprocess.Popen[str], answers: IO[str]) -> None:
        self._process = process
        self._answers = answers
        self._life = Life(None)

    def handle(self, messages: list[dict[str, Any]], death: Death | None = None) -> str | None:
        """Return the exchange in which the worker was killed, or None if it finished."""
        if not messages:
            return None
        assert self._process.stdin is not None
        life = self._life = Life(death)
        self._process.stdin.write(json.dumps(events.batch(messages)) + "\n")
        self._process.stdin.flush()
        life.worker.set_result(int(self._answers.readline()))
        status = int(self._answers.readline())
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            return life.hit
        assert status == 0
        return None

    def watched(self, name: str, act: Act) -> Act:
        """Return an act of an upstream that counts as an exchange of this name."""

        def play(line: Line) -> None:
            with self._life.exchange(name):
                act.play(line)

        return replace(act, play=play)

    def exchange(self, name: str) -> Any:
        return self._life.exchange(name)


class Kills(Deployed):
    """A deployment whose worker can be killed. `clock_file` has the time at which each worker starts."""

    workers: Workers
    secret: str
    clock_file: Path

    def jobs(self) -> dict[str, Job]:
        found = [rows.job_of(item) for item in self.cloud.items() if item["sk"]["S"] == "JOB"]
        return {job.job_id: job for job in found}

    def work(self, duration: int, death: Death | None = None) -> str | None:
        """Let this time pass, sweep, and deliver all wake-ups to one worker. Wake-ups that a killed worker
        did not reach are lost. Returns the exchange in which it was killed."""
        self.clock.advance(duration)
        self.clock_file.write_text(str(self.clock.now()))
        self.tick()
        return self.workers.handle(self.cloud.receive(), death)

    def finish(self) -> None:
        """Let time pass without kills until nothing is due, for at most a day."""
        for step in [2 * MINUTE] * 30 + [HOUR // 2] * 46:
            if all(job.due_at is None for job in self.jobs().values()):
                return
            self.work(step)


@contextmanager
def kills(folder: Path) -> Iterator[Kills]:
    """An org `acme` with a signing secret. http to this machine is allowed."""
    clock = FrozenClock()
    with added_app(), moto_cloud() as cloud, queue_time(clock), bridge() as aws:
        with pytest.MonkeyPatch.context() as patch:
            # moto has no endpoint on this machine.
            patch.setattr("claimcheck.settings.ON_THIS_MACHINE", "")
            functions = {
                name: load_handler(name, cloud.environment(name), clock)
                for name in ("submit_job", "get_job", "sweeper")
            }
        deployed = Kills(cloud, clock, functions, issue_key(cloud, "acme"))
        secret = issue_secret(bootstrap(cloud.settings, clock).documents, "acme", clock.now())
        with _workers(cloud, aws.url, folder) as workers:
            aws.exchange = workers.exchange
            vars(deployed).update(workers=workers, secret=secret, clock_file=folder / "clock")
            yield deployed


@contextmanager
def _workers(cloud: Cloud, endpoint: str, folder: Path) -> Iterator[Workers]:
    paths = [PROJECT / "functions/worker", *path_with_added_app(folder), *LAYERS.values()]
    environment = cloud.environment("Worker") | {
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL": endpoint,
        # Each worker would look for them among the installed packages.
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
    reading, writing = os.pipe()
    with (folder / "log").open("w") as out, os.fdopen(reading) as answers:
        process = subprocess.Popen(
            [sys.executable, FORKING, folder / "clock", str(writing)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            text=True,
            env=environment,
            pass_fds=[writing],
        )
        os.close(writing)
        try:
            yield Workers(process, answers)
        finally:
            process.kill()
            process.communicate()
