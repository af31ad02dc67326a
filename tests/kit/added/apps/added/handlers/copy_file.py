"""The handler of `copy_file`: the file streams from the store and back to it."""

from apps.added.job_types.copy_file import Input, Result

from claimcheck.authoring import JobContext


def handle(input: Input, job: JobContext) -> Result:
    files = []
    for name in input.names:
        with job.open(input.file) as content:
            files.append(job.save(name, content, "application/octet-stream"))
    return Result(files=files)
