"""The peak memory of each function."""

from __future__ import annotations

import json

from bench.figures import Figure, Findings
from bench.stage import Stage, stage
from tests.kit import events
from tests.kit.measuring.tables import submission, upload_table

# MB of peak resident memory.
MOST = {"GetJob": 55, "SubmitJob": 80, "Worker": 80, "Sweeper": 80}
REPEATS = 20
# Bytes of the largest table of a `table_report`, and MB of the worker that reads it.
TABLE, WITH_TABLE = 200_000_000, 90


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
    return Findings(
        figures=[
            *(
                Figure(name=name, what=f"`{name}`, peak", value=round(peaks[name], 1), unit="MB", most=most)
                for name, most in MOST.items()
            ),
            Figure(
                name="Table",
                what="`Worker`, peak with a `table_report` on an upload of 200 MB",
                value=round(table, 1),
                unit="MB",
                most=WITH_TABLE,
            ),
        ]
    )


def peak_with_table(here: Stage) -> float:
    """Raises: RuntimeError if the job does not complete."""
    key = here.new_key()
    upload_id = upload_table(here.cloud, key.removeprefix("cck_live_"), TABLE)
    accepted = here.program("SubmitJob").run([submission(key, upload_id)]).answer
    peak = here.program("Worker").run(here.wake_ups()).peak
    job_id = json.loads(accepted["body"])["job_id"]
    job = here.program("GetJob").run([events.load("get_job", key, job_id)]).answer["body"]
    if json.loads(job)["status"] != "completed":
        raise RuntimeError(job)
    return peak
