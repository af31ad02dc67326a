from job_types.errand import Input, Result  # type: ignore[import-not-found]

from claimcheck.context import JobContext
from claimcheck.outcome import Fail


def handle(input: Input, job: JobContext) -> Result:
    if input.number % 3 == 0:
        raise Fail("no_luck", f"{input.number} had no luck.")
    return Result(number=input.number)
