"""A new app that works: one job type, its handler and its test."""

from pathlib import Path

from claimcheck.build.apps import InvalidApp, check_name

NEXT = """
The app is complete. Next, check and test it, and run its handler in the terminal:
  make check
  make job TYPE={name} INPUT='{{"name": "Ada"}}'
docs/howto/add-a-job-type.md says how to change it."""
FILES = {
    "app.toml": """summary = "The purpose of this app, in one line"
""",
    "README.md": """# {name}

The purpose of this app, and what its clients need to know. `job_types` has each job's input and result,
`handlers` the work. See docs/howto/add-a-job-type.md.

```sh
curl "$URL/v1/jobs" -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
    -d '{{"type": "{name}", "input": {{"name": "Ada"}}}}'
```
""",
    "job_types/{name}.py": '''"""The input, result and limits of `{name}`."""

from typing import Annotated

from pydantic import Field

from claimcheck.authoring import JobModel, JobType


class Input(JobModel):
    name: Annotated[str, Field(min_length=1, max_length=100, description="Who is greeted.", examples=["Ada"])]


class Result(JobModel):
    greeting: Annotated[str, Field(description="The greeting.", examples=["Hello, Ada!"])]


JOB_TYPE = JobType(
    name="{name}",
    version=1,
    summary="A greeting",
    input=Input,
    result=Result,
    timeout=30,
    typical=1,
)
''',
    "handlers/{name}.py": '''"""The work of `{name}`."""

from apps.{name}.job_types.{name} import Input, Result
from claimcheck.authoring import JobContext


def handle(given: Input, job: JobContext) -> Result:
    job.progress(1, 1, "greeting")
    return Result(greeting=f"Hello, {{given.name}}!")
''',
    "tests/test_{name}.py": """from apps.{name}.handlers.{name} import handle
from apps.{name}.job_types.{name} import JOB_TYPE, Input
from claimcheck.testing import RecordingContext


def test_a_greeting_names_who_is_greeted() -> None:
    assert handle(Input(name="Ada"), RecordingContext()).greeting == "Hello, Ada!"


def test_a_name_is_required() -> None:
    assert [error.pointer for error in JOB_TYPE.errors_in({{}})] == ["/input/name"]
""",
}


def write_app(folder: Path, name: str) -> list[Path]:
    """Write the files of a new app to `folder` and return them. Raises: InvalidApp."""
    check_name(name, f"{name!r}: choose another name")
    if (folder / name).exists():
        raise InvalidApp(f"{folder / name}: the folder already exists. Choose another name.")
    written = []
    for place, text in FILES.items():
        path = folder / name / place.format(name=name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name))
        written.append(path)
    return written
