"""No job is lost when its worker is killed."""

import os
import signal
import subprocess
from collections import Counter
from typing import Any

from local.stack import Stack
from tests.kit.client import Client, eventually
from tests.kit.measuring.timers import warm_up

# A lost worker's job waits for the sweeper, a minute after its start time, and then for its second attempt.
# Its wake-up returns to the queue only after two minutes.
PATIENCE = 100.0


def worker_processes(deployed: Stack) -> list[int]:
    """Return the processes in which the emulator runs the worker function."""
    listed = subprocess.check_output(["ps", "-ww", "-eo", "pid=,pgid=,args="], text=True)
    rows = (line.split(maxsplit=2) for line in listed.splitlines())
    return [
        int(pid)
        for pid, group, command in rows
        if int(group) == deployed.process_groups["ministack"]
        and f"ministack-lambda-{deployed.outputs['WorkerName']}" in command
    ]


def test_every_job_ends_when_workers_are_killed_at_work(deployed: Stack, acme: Client) -> None:
    # Workers that start first would reach the fragile jobs at different times.
    warm_up(acme)
    fragile = [acme.submit("doze_once", {"seconds": 15}) for _ in range(2)]
    sturdy = [acme.submit("doze", {"seconds": 3}) for _ in range(18)]

    def look() -> dict[str, dict[str, Any]]:
        return {job_id: acme.job(job_id) for job_id in [*fragile, *sturdy]}

    def at_work() -> bool:
        """Return the running fragile jobs, in one request, because they do not run for long."""
        listed = acme.http.get("/v1/jobs", params={"status": "processing", "limit": 100}).json()["jobs"]
        return set(fragile) < {job["job_id"] for job in listed}

    def ended() -> dict[str, dict[str, Any]] | None:
        deployed.endpoint.client("lambda").invoke(FunctionName=deployed.outputs["SweeperName"])
        jobs = look()
        return jobs if all("ended_at" in job for job in jobs.values()) else None

    eventually(at_work, 60, "both fragile jobs at work, and others")
    killed = worker_processes(deployed)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    jobs = eventually(ended, PATIENCE, "every job ended", every=2)

    assert killed
    assert jobs
    assert Counter(job["status"] for job in jobs.values()) == {"completed": 18, "failed": 2}
    assert [jobs[job_id]["error"]["code"] for job_id in fragile] == ["worker_lost"] * 2
    second_tries = [job_id for job_id in sturdy if jobs[job_id]["attempt"] == 2]
    assert second_tries
    for job_id in second_tries:
        assert [each["outcome"] for each in acme.executions(job_id)] == ["completed", "worker_lost"]
        assert jobs[job_id]["result"] == {"attempt": 2}
