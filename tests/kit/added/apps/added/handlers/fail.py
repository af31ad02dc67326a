from apps.added.job_types.fail import Input, Result

from claimcheck.authoring import Fail, JobContext


def handle(input: Input, job: JobContext) -> Result:
    raise Fail("no_luck", "It had no luck.")
