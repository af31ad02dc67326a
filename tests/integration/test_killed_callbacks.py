"""Workers are killed at random points fifty times: every job ends, and every end is told."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from claimcheck import rows
from claimcheck.bootstrap import bootstrap
from claimcheck.model import HOUR, MINUTE, Job
from claimcheck.service.signing import issue_secret
from claimcheck.testing import FrozenClock
from tests.bridge import bridge
from tests.cloud import REGION, Cloud, moto_cloud, queue_time
from tests.integration import events
from tests.integration.deployed import Deployed, issue_key, load_handler
from tests.integration.process import LAYERS
from tests.project.deployment import PROJECT
from tests.upstream import Upstream, reply

if TYPE_CHECKING:
    from collections.abc import Iterator

FORKING = Path(__file__).with_name("forking.py")
KILLS = 50
# Seconds of a worker's life: to be killed in the middle it must not be done before.
LIVES = (0.1, 0.6)


class Workers:
    """One at a time, each a fork of a process that has everything imported."""

    def __init__(self, process: subprocess.Popen[str], answers: IO[str]) -> None:
        self._process = process
        self._answers = answers

    def handle(self, event: dict[str, Any], life: float | None = None) -> bool:
        """Whether a worker with so many seconds to live (None is as many as it likes) was killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        worker = int(self._answers.readline())
        if life is not None:
            time.sleep(life)
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        return os.WIFSIGNALED(int(self._answers.readline()))


@contextmanager
def workers(cloud: Cloud, endpoint: str, clock: Path, log: Path) -> Iterator[Workers]:
    paths = [PROJECT / "functions/worker", *LAYERS.values()]
    environment = cloud.environment("Worker") | {
        "ALLOW_LOOPBACK": "true",
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL": endpoint,
    }
    reading, writing = os.pipe()
    with log.open("w") as out, os.fdopen(reading) as answers:
        process = subprocess.Popen(
            [sys.executable, FORKING, clock, str(writing)],
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


class Deployment(Deployed):
    def jobs(self) -> list[Job]:
        return [rows.job_of(item) for item in self.cloud.items() if item["sk"]["S"] == "JOB"]

    def pass_time(self, duration: int, clock: Path) -> list[dict[str, Any]]:
        """Move both clocks, sweep, and take what is on the queue."""
        self.clock.advance(duration)
        clock.write_text(str(self.clock.now()))
        self.tick()
        return self.cloud.receive()


@contextmanager
def deployment() -> Iterator[Deployment]:
    clock = FrozenClock()
    with moto_cloud() as cloud, queue_time(clock):
        functions = {
            folder: load_handler(folder, cloud.environment(folder) | {"ALLOW_LOOPBACK": "true"}, clock)
            for folder in ("submit_job", "sweeper")
        }
        issue_secret(bootstrap(cloud.settings, clock).documents, "acme", clock.now())
        yield Deployment(cloud, clock, functions, issue_key(cloud, "acme"))


def test_no_end_is_left_untold_when_workers_are_killed_fifty_times(tmp_path: Path) -> None:
    clock, luck = tmp_path / "clock", random.Random(7)
    with deployment() as deployed, bridge() as aws, Upstream() as upstream:
        hook = upstream.at("/hook", reply(200))
        with workers(deployed.cloud, aws.url, clock, tmp_path / "log") as at_work:
            job_ids, killed = set(), 0
            while killed < KILLS:
                job_ids.add(deployed.submit(callback_url=hook))
                messages = deployed.pass_time(2 * MINUTE, clock)
                killed += at_work.handle(events.batch(messages), luck.uniform(*LIVES))
            for _ in range(48):
                if any(job.due_at is not None for job in deployed.jobs()):
                    at_work.handle(events.batch(deployed.pass_time(HOUR // 2, clock)))
        jobs = {job.job_id: job for job in deployed.jobs()}
    told = Counter(each.headers["webhook-id"] for each in upstream.requests)

    assert set(jobs) == job_ids
    assert [job for job in jobs.values() if job.ended_at is None] == []
    for job in jobs.values():
        assert job.callback is not None
        assert job.callback.state == "delivered"
        assert 1 <= told[job.job_id] <= job.callback.calls
