from hashlib import sha256

from apps.added.job_types.fingerprint import Input, Result

from claimcheck.authoring import JobContext


def handle(input: Input, job: JobContext) -> Result:
    return Result(sha256=sha256(job.secret(input.secret).encode()).hexdigest())
