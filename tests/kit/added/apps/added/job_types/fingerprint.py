"""A job type that needs secrets, installed only by tests."""

from claimcheck.authoring import JobModel, JobType, RetryPolicy


class Input(JobModel):
    secret: str


class Result(JobModel):
    sha256: str


JOB_TYPE = JobType(
    name="fingerprint",
    summary="The SHA-256 of a secret",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=2, base=1, cap=1),
)
