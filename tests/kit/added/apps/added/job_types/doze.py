"""A slow job type, installed only by tests."""

from claimcheck.authoring import JobModel, JobType, RetryPolicy


class Input(JobModel):
    seconds: float
    steps: int = 10


class Result(JobModel):
    attempt: int


JOB_TYPE = JobType(
    name="doze",
    summary="Sleeps, and reports its progress",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=3, base=1, cap=5),
)
