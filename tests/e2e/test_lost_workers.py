"""Workers that are killed in the middle of their work take no job with them."""

import os
import signal
import subprocess
from collections import Counter

from local.stack import Stack
from tests.e2e.client import Client, eventually

# What a lost worker's job waits for: the look that the sweeper owes it a minute after it should
# have started, the sweeper's own pace, and the second attempt; on a machine that is busy.
PATIENCE = 180.0


def worker_processes(deployed: Stack) -> list[int]:
    """The processes in which this deployment's emulator runs its worker function."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return [
        int(pid)
        for pid, group, command in rows
        if int(group) == deployed.process_groups["ministack"]
        and f"ministack-lambda-{deployed.outputs['WorkerName']}" in command
    ]


def test_every_job_ends_when_workers_are_killed_at_work(deployed: Stack, acme: Client) -> None:
    fragile = [acme.submit("doze_once", {"seconds": 15}) for _ in range(2)]
    jobs = [acme.submit("doze", {"seconds": 3}) for _ in range(18)]

    def at_work() -> list[str]:
        return [job_id for job_id in [*fragile, *jobs] if acme.job(job_id)["status"] == "processing"]

    eventually(lambda: set(fragile) < set(at_work()), 60, "both fragile jobs at work, and others")
    killed = worker_processes(deployed)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    ended = {job_id: acme.ended(job_id, within=PATIENCE) for job_id in [*fragile, *jobs]}

    assert killed
    assert Counter(job["status"] for job in ended.values()) == {"completed": 18, "failed": 2}
    assert [ended[job_id]["error"]["code"] for job_id in fragile] == ["worker_lost"] * 2
    again = [job_id for job_id in jobs if ended[job_id]["attempt"] == 2]
    assert again
    for job_id in again:
        assert [e["outcome"] for e in acme.executions(job_id)] == ["completed", "worker_lost"]
        assert ended[job_id]["result"] == {"attempt": 2}
