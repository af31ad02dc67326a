"""Every write of every job keeps the invariants, while functions are killed and stopped and wake-ups are lost
and doubled. The table's stream shows all writes, in order.

A job whose worker was killed waits for a minute, so this is a part of `make soak`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle, zip_longest
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from claimcheck.aws.dynamodb.rows import execution_of, job_of
from tests.kit.client import eventually
from tests.simulation.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from local.stack import Stack
    from tests.kit.client import Client

JOBS = 200
KILLS = 40
PATIENCE = 400.0
# The functions, by their outputs of the stack. Workers are killed most.
KILLED = ("WorkerName", "SubmitJobName", "WorkerName", "SweeperName", "WorkerName", "GetJobName")


class Stream:
    """The writes of the table from now on, replayed on a witness."""

    def __init__(self, deployed: Stack) -> None:
        self.witness = Witness()
        self.writes = 0
        table = deployed.outputs["TableName"]
        specification = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        deployed.endpoint.client("dynamodb").update_table(TableName=table, StreamSpecification=specification)
        self._client = deployed.endpoint.client("dynamodbstreams")
        [stream] = self._client.list_streams(TableName=table)["Streams"]
        arn = stream["StreamArn"]
        [shard] = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        found = self._client.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        self._iterator = found["ShardIterator"]

    def follow(self) -> None:
        """Replay what was written since the last call."""
        images = list(self._images())
        for (old, new), (_, record) in zip_longest(images, images[1:], fillvalue=(None, {})):
            if new["sk"]["S"] == "JOB":
                self._replay(old, new, record)

    def _images(self) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
        while True:
            page = self._client.get_records(ShardIterator=self._iterator)
            self._iterator = page["NextShardIterator"]
            for each in page["Records"]:
                if "NewImage" in each["dynamodb"]:
                    yield each["dynamodb"].get("OldImage"), each["dynamodb"]["NewImage"]
            if not page["Records"]:
                return

    def _replay(self, old: dict[str, Any] | None, new: dict[str, Any], following: dict[str, Any]) -> None:
        """Replay a job's write, with the execution that the same transaction records."""
        self.writes += 1
        assert ("due_at" in new) != ("delete_at" in new)
        if old is None:
            self.witness.insert(job_of(new), None, None)
        else:
            recorded = following.get("pk") == new["pk"] and "execution" in following
            execution = execution_of(following) if recorded else None
            # Raises Conflict unless the old row is the one that was written last.
            self.witness.replace(job_of(old), job_of(new), execution)
        assert self.witness.violations == []


class Chaos:
    """Kills and stops the emulator's processes of functions, and loses and doubles wake-ups."""

    def __init__(self, deployed: Stack) -> None:
        self._deployed = deployed
        self._random = Random(0)
        self._sqs = deployed.endpoint.client("sqs")
        self._lambda = deployed.endpoint.client("lambda")
        self._stopped: set[int] = set()
        self.lost = self.doubled = 0

    def kill(self, function: str) -> bool:
        """Kill a process of a function, if there is one, and stop another until the next call."""
        self._signal(self._stopped, signal.SIGCONT)
        processes = self._processes(function)
        self._random.shuffle(processes)
        self._stopped = set(processes[1:2])
        self._signal(self._stopped, signal.SIGSTOP)
        return self._signal(processes[:1], signal.SIGKILL)

    def calm(self) -> None:
        self._signal(self._stopped, signal.SIGCONT)

    def disturb(self, job_ids: Collection[str]) -> None:
        """Lose wake-ups that no worker has taken, and send others twice."""
        queue = self._deployed.outputs["QueueUrl"]
        # Hidden for twelve hours.
        found = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=2, VisibilityTimeout=43_200)
        doubled = self._random.sample(sorted(job_ids), min(len(job_ids), 3))
        for job_id in doubled:
            self._sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"job_id": job_id}))
        self.lost += len(found.get("Messages", []))
        self.doubled += len(doubled)

    def sweep(self) -> None:
        self._lambda.invoke(FunctionName=self._deployed.outputs["SweeperName"], InvocationType="Event")

    def _processes(self, function: str) -> list[int]:
        listed = subprocess.check_output(["ps", "-ww", "-eo", "pid=,pgid=,args="], text=True)
        rows = (line.split(maxsplit=2) for line in listed.splitlines())
        group = self._deployed.process_groups["ministack"]
        name = f"ministack-lambda-{self._deployed.outputs[function]}"
        return [int(pid) for pid, leader, command in rows if int(leader) == group and name in command]

    def _signal(self, processes: Collection[int], number: int) -> bool:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, number)
        return bool(processes)


def accepted(client: Client, number: int) -> str:
    """Submit a job and return its id. Repeat the request until it is answered: its function may be killed."""
    key = uuid4().hex
    seconds = number % 4 / 2

    def submitted() -> str | None:
        try:
            response = client.post("doze", {"seconds": seconds, "steps": 4}, idempotency_key=key)
        except httpx.TransportError:
            return None
        assert response.status_code in (202, 502, 503), response.text
        return response.json()["job_id"] if response.status_code == 202 else None

    found = eventually(submitted, PATIENCE, "the job is accepted")
    assert found is not None
    return found


@pytest.mark.soak
def test_every_write_keeps_the_invariants_while_functions_are_killed_and_wake_ups_lost(
    deployed: Stack, acme: Client, record_property: Callable[[str, object], None]
) -> None:
    stream, chaos = Stream(deployed), Chaos(deployed)
    functions = cycle(KILLED)

    def one_killed() -> bool:
        chaos.sweep()
        stream.follow()
        chaos.disturb(stream.witness.made)
        return chaos.kill(next(functions))

    def all_ended() -> bool:
        chaos.sweep()
        stream.follow()
        return stream.witness.made == set(stream.witness.ends)

    with ThreadPoolExecutor(8) as pool:
        submissions = [pool.submit(accepted, acme, number) for number in range(JOBS)]
        for _ in range(KILLS):
            eventually(one_killed, PATIENCE, "a process to kill", every=0.5)
        chaos.calm()
        job_ids = {submission.result() for submission in submissions}
    eventually(all_ended, PATIENCE, "every job ended", every=1)

    assert len(job_ids) == JOBS
    assert chaos.lost
    # A request that was repeated, with its Idempotency-Key, made no second job.
    assert stream.witness.made == job_ids
    attempts = [job.executions for job in stream.witness.ends.values()]
    assert max(attempts) > 1, "no worker was killed at work"
    for job_id in job_ids:
        shown, end = acme.job(job_id), stream.witness.ends[job_id]
        assert shown["status"] == end.status
        assert [each["number"] for each in acme.executions(job_id)] == list(range(end.executions, 0, -1))
    tried = {
        "jobs": JOBS,
        "kills": KILLS,
        "lost": chaos.lost,
        "doubled": chaos.doubled,
        "writes": stream.writes,
    }
    for name, number in tried.items():
        record_property(name, number)
