"""A job type that returns its input, installed only by tests."""

from claimcheck.authoring import JobModel, JobType


class Input(JobModel):
    text: str
    times: int = 1


class Result(JobModel):
    text: str


JOB_TYPE = JobType(name="echo", summary="Repeats a text", input=Input, result=Result, timeout=20, typical=1)
