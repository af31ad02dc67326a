"""A job type that saves files and then ends as its input says, deployed only by these tests."""

from typing import Literal

from claimcheck.authoring import FileRef, JobModel, JobType, RetryPolicy


class Input(JobModel):
    then: Literal["fail", "die", "invent"]


class Result(JobModel):
    files: list[FileRef]


JOB_TYPE = JobType(
    name="careless",
    summary="Saves a file, and then fails, dies or invents another",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=2, base=1, cap=1),
)
