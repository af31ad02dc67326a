"""The contract of a job type that saves its file again, under other names."""

from claimcheck.authoring import File, FileRef, JobModel, JobType


class Input(JobModel):
    file: File
    names: list[str]


class Result(JobModel):
    files: list[FileRef]


JOB_TYPE = JobType(
    name="copy_file",
    version=1,
    summary="Saves a file again",
    input=Input,
    result=Result,
    timeout=60,
    typical=1,
)
