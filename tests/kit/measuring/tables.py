"""A job on a large table, for the memory that it takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from claimcheck.domain.clock import SystemClock, SystemRandomness
from claimcheck.domain.files import upload_key
from tests.kit import events
from tests.kit.cloud import REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.cloud import Cloud
    from tests.kit.process import Processes

ROW = b"2026-06-21,coat,30.5,hooks and hangers,12\n"


def upload_table(cloud: Cloud, org: str, size: int) -> str:
    """Store an upload of `size` bytes, as a client does, and return its id."""
    upload_id = SystemRandomness().job_id(SystemClock().now())
    content = b"day,item,price,note,count\n" + ROW * (size // len(ROW))
    # Otherwise the SDK sends small chunks, to add a checksum.
    plain = Config(request_checksum_calculation="when_required")
    s3 = boto3.session.Session(region_name=REGION).client("s3", config=plain)
    s3.put_object(Bucket=cloud.bucket_name, Key=upload_key(org, upload_id), Body=content)
    return upload_id


def peak_after(
    processes: Processes, key: str, job: Callable[[dict[str, str]], dict[str, Any]], size: int
) -> tuple[float, Any]:
    """Run the job on an upload of `size` bytes. Return the worker's peak in MB, and the job's result."""
    upload = {"upload_id": upload_table(processes.cloud, key.removeprefix("cck_live_"), size)}
    event = events.with_body(events.load("submit_job", key), job(upload))
    job_id = json.loads(processes.invoke("submit_job", event)["body"])["job_id"]
    processes.deliver()
    ended = json.loads(processes.invoke("get_job", events.load("get_job", key, job_id))["body"])
    assert ended["status"] == "completed", ended
    return peak_of(processes.functions["worker"].pid), ended["result"]


def peak_of(pid: int) -> float:
    """Return the peak of a process's resident memory so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM")]
    return int(peak.split()[1]) * 1024 / 1e6
