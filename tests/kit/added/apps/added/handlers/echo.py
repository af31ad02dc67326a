from apps.added.job_types.echo import Input, Result

from claimcheck.authoring import JobContext


def handle(input: Input, job: JobContext) -> Result:
    return Result(text=input.text * input.times)
