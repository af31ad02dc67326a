"""Sweep rows past the expiry of a job, with the code on the path: `python resweep.py FILE JOB_ID`.

It exits with 1 if a sweep writes the job's row again, or wakes the job. A former release runs it on rows of
this code, so it uses only what both have.
"""

import json
import sys
from pathlib import Path

from claimcheck.domain.job import MINUTE
from tests.compat.life import Life
from tests.kit.cloud import moto_cloud

SWEEPS = 5


def main(file: str, job_id: str) -> int:
    found = json.loads(Path(file).read_text())
    with moto_cloud() as cloud:
        world = Life(cloud, found["now"])
        for item in found["items"]:
            cloud.dynamodb.put_item(TableName=cloud.table_name, Item=item)
        before, woken = world.job(job_id), list[str]()
        assert before.expires_at is not None, "the job has not ended"
        world.clock.advance(before.expires_at - world.clock.now())
        for _ in range(SWEEPS):
            world.clock.advance(MINUTE)
            world.sweep()
            while (wake_up := world.queue.receive()) is not None:
                woken.append(wake_up.job_id)
        after = world.job(job_id)
    print(f"{woken.count(job_id)} wake-ups of it among {len(woken)}\n{before}\n{after}")
    return 0 if after == before and job_id not in woken else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
