"""Like `doze`, without retries."""

from apps.added.job_types.doze import Input, Result

from claimcheck.authoring import JobType, RetryPolicy

JOB_TYPE = JobType(
    name="doze_once",
    summary="Sleeps, at most once",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=1),
)
