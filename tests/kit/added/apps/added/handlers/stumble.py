from apps.added.job_types.stumble import Input, Result

from claimcheck.authoring import JobContext, Retry


def handle(input: Input, job: JobContext) -> Result:
    if job.attempt <= input.times:
        raise Retry(message="Not yet.")
    return Result(attempt=job.attempt)
