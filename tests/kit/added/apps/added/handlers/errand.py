from apps.added.job_types.errand import Input, Result

from claimcheck.authoring import Fail, JobContext


def handle(input: Input, job: JobContext) -> Result:
    if input.number % 3 == 0:
        raise Fail("no_luck", f"{input.number} had no luck.")
    return Result(number=input.number)
