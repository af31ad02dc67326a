"""A job type that fails, installed only by tests."""

from claimcheck.authoring import JobModel, JobType


class Input(JobModel):
    note: str = ""


class Result(JobModel):
    """There is none."""


JOB_TYPE = JobType(name="fail", summary="Fails", input=Input, result=Result, timeout=20, typical=1)
