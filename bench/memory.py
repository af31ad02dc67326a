"""The peak memory of each function."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure, Findings
from bench.stage import Stage, stage
from claimcheck.domain.clock import SystemClock, SystemRandomness
from claimcheck.domain.files import FILE_LIMIT
from tests.kit import events
from tests.kit.deployed_stack import with_added_app
from tests.kit.measuring.large_files import large_bucket
from tests.kit.measuring.tables import upload_table

if TYPE_CHECKING:
    from bench.program import Event

# MB of peak resident memory.
MOST = {"GetJob": 55, "SubmitJob": 80, "Worker": 80, "Sweeper": 80}
REPEATS = 20
# Bytes of the largest table of a `table_report`, and MB of the worker that reads it.
TABLE, WITH_TABLE = 200_000_000, 90
# MiB of address space of a worker that copies the largest file. Lambda limits only its resident part.
LIMIT = 512


def measure() -> Findings:
    with stage() as here:
        submissions = [here.submission(here.new_key())] * REPEATS
        here.program("SubmitJob").run(submissions)
        asked = {
            "Worker": here.wake_ups(),
            "GetJob": here.polls(REPEATS),
            "SubmitJob": submissions,
            "Sweeper": [events.load("tick")] * REPEATS,
        }
        peaks = {name: here.program(name).run(asked[name]).peak for name in asked}
        table = peak_with_table(here)
    copied = peak_with_largest_file()
    with_limit = (
        f"`Worker` with {LIMIT} MiB of address space, peak with a job that copies an upload of 1 GiB to a "
        "result file"
    )
    rows = [
        *((name, f"`{name}`, peak", peaks[name], most) for name, most in MOST.items()),
        ("Table", "`Worker`, peak with a `table_report` on an upload of 200 MB", table, WITH_TABLE),
        ("Largest", with_limit, copied, WITH_TABLE),
    ]
    return Findings(
        figures=[Figure(name, what, round(peak, 1), unit="MB", most=most) for name, what, peak, most in rows]
    )


def peak_with_table(here: Stage) -> float:
    key = here.new_key()
    upload = {"upload_id": upload_table(here.cloud, key.removeprefix("cck_live_"), TABLE)}
    body = {"type": "table_report", "input": {"table": upload}}
    return peak_of_job(here, key, events.with_body(events.load("submit_job", key), body))


def peak_with_largest_file() -> float:
    """Raises: RuntimeError if the file that was saved is not the one that was read."""
    with tempfile.TemporaryDirectory() as folder, stage(with_added_app(Path(folder))) as here:
        with large_bucket(FILE_LIMIT, here.authority.server("127.0.0.1")) as bucket:
            key = here.new_key()
            upload = {"upload_id": SystemRandomness().job_id(SystemClock().now())}
            body = {"type": "copy_file", "input": {"file": upload, "names": ["copy"]}}
            event = events.with_body(events.load("submit_job", key), body)
            peak = peak_of_job(here, key, event, LIMIT, AWS_ENDPOINT_URL_S3=bucket.url)
        if list(bucket.saved.values()) != [bucket.content]:
            raise RuntimeError(f"saved {bucket.saved}, not {bucket.content}")
    return peak


def peak_of_job(here: Stage, key: str, submitted: Event, limit: int | None = None, **more: str) -> float:
    """Return the worker's peak. It has at most `limit` MiB, and the environment has `more`.

    Raises: RuntimeError if the job does not complete.
    """
    accepted = here.program("SubmitJob", **more).run([submitted]).answer
    peak = here.program("Worker", **more).run(here.wake_ups(), limit).peak
    job_id = json.loads(accepted["body"])["job_id"]
    job = here.program("GetJob").run([events.load("get_job", key, job_id)]).answer["body"]
    if json.loads(job)["status"] != "completed":
        raise RuntimeError(job)
    return peak
