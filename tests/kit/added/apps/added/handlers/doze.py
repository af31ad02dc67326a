import time

from apps.added.job_types.doze import Input, Result

from claimcheck.authoring import JobContext


def handle(input: Input, job: JobContext) -> Result:
    for step in range(input.steps):
        job.progress(step, input.steps, "asleep")
        time.sleep(input.seconds / input.steps)
    return Result(attempt=job.attempt)
