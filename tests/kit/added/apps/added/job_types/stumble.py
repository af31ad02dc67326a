"""A job type that completes only after retries, installed only by tests."""

from claimcheck.authoring import JobModel, JobType, RetryPolicy


class Input(JobModel):
    times: int


class Result(JobModel):
    attempt: int


JOB_TYPE = JobType(
    name="stumble",
    summary="Fails a number of times, then completes",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=5, base=1, cap=5),
)
