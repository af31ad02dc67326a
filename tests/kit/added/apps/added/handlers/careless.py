"""The handler of `careless`: its worker dies only at the first attempt."""

import os
import signal

from apps.added.job_types.careless import Input, Result

from claimcheck.authoring import Fail, JobContext


def handle(input: Input, job: JobContext) -> Result:
    files = [job.save("a", f"attempt {job.attempt}".encode(), "text/plain")]
    if input.then == "fail":
        raise Fail("no", "No.")
    if input.then == "die" and job.attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    if input.then == "invent":
        files.append(files[0].model_copy(update={"name": "b"}))
    return Result(files=files)
