"""A job type with a price that fails for every third number, installed only by tests."""

from claimcheck.authoring import JobModel, JobType

PRICE = 7


class Input(JobModel):
    number: int
    note: str = ""


class Result(JobModel):
    number: int


JOB_TYPE = JobType(
    name="errand",
    summary="Costs credits",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    price=lambda given: PRICE,
)
