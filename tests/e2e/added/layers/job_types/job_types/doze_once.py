"""As `doze`, but nobody tries it again."""

from job_types.doze import Input, Result  # type: ignore[import-not-found]

from claimcheck.catalog import JobType
from claimcheck.retry import RetryPolicy

JOB_TYPE = JobType(
    name="doze_once",
    summary="Sleeps, at most once",
    input=Input,
    result=Result,
    timeout=20,
    typical=1,
    retry=RetryPolicy(max_attempts=1),
)
