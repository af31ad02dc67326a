"""A job on a large table, for the memory that it takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from claimcheck.domain.clock import SystemClock, SystemRandomness
from claimcheck.domain.files import upload_key
from tests.kit import events
from tests.kit.cloud import REGION

if TYPE_CHECKING:
    from tests.kit.cloud import Cloud

ROW = b"2026-06-21,coat,30.5,hooks and hangers,12\n"


def upload_table(cloud: Cloud, org: str, size: int) -> str:
    """Store an upload of `size` bytes, as a client does, and return its id."""
    upload_id = SystemRandomness().job_id(SystemClock().now())
    content = b"day,item,price,note,count\n" + ROW * (size // len(ROW))
    s3 = boto3.session.Session(region_name=REGION).client("s3")
    s3.put_object(Bucket=cloud.bucket_name, Key=upload_key(org, upload_id), Body=content)
    return upload_id


def submission(key: str, upload_id: str) -> dict[str, Any]:
    body = {"type": "table_report", "input": {"table": {"upload_id": upload_id}}}
    return events.with_body(events.load("submit_job", key), body)


def peak_of(pid: int | str) -> float:
    """Return the peak of a process's resident memory so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM")]
    return int(peak.split()[1]) * 1024 / 1e6
