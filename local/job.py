"""Run one job's handler in the terminal, without a stack: `breakpoint()` works there."""

import importlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from apps import index
from claimcheck.authoring import Again, Fail, JobType, Retry
from claimcheck.authoring.catalog import field_errors
from claimcheck.bootstrap import bootstrap
from claimcheck.installed import find_app, load_catalog
from claimcheck.service.attempt import checked_result
from claimcheck.settings import Settings
from claimcheck.testing import RecordingContext, RecordingLog
from local import PROJECT, settings
from local.progress import StepFailed


class TerminalLog(RecordingLog):
    """A log that prints its lines."""

    def _write(self, level: str, message: str, details: dict[str, Any]) -> None:
        print(f"log       {level:<7}  {message}  {details or ''}".rstrip())


@dataclass
class TerminalContext(RecordingContext):
    """A `JobContext` that prints progress and log lines."""

    log: RecordingLog = field(default_factory=TerminalLog)

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        super().progress(done, total, message)
        print(f"progress  {done}{'' if total is None else f' of {total}'}  {message or ''}".rstrip())


def run(name: str, text: str) -> None:
    """Run the handler of a job type with this input: JSON, or `@` and the path of a JSON file.

    Print its progress, then its result or outcome. An unexpected exception is not caught.
    Raises: StepFailed if the type is unknown, a secret is missing, or the input or the result does not fit.
    """
    job_type = load_catalog().newest(name)
    if job_type is None or name not in index.HANDLERS:
        raise StepFailed(f"No app has a job type {name!r}. TYPE is one of: {', '.join(index.HANDLERS)}.")
    given = _read(job_type, text)
    tools = bootstrap(Settings(allow_loopback=True, environment=os.environ))
    secrets = settings.secrets_of_app(PROJECT, find_app(name))
    context = TerminalContext(seconds=job_type.timeout, tools=tools, secrets=secrets)
    try:
        result = importlib.import_module(index.HANDLERS[name]).handle(given, context)
    except (Fail, Retry, Again) as outcome:
        result = outcome
    if context.details:
        print(f"details   {context.details}")
    match result:
        case Fail():
            print(f"failed    {result.code}: {result.message}")
        case Retry():
            wait = "the policy's backoff" if result.after is None else f"{result.after} s"
            print(f"retry     after {wait}: {result.message}")
        case Again():
            print(f"again     after {result.after} s, state {result.state}")
        case _:
            print(f"completed {_checked(job_type, result, context)}")


def _checked(job_type: JobType, result: Any, context: RecordingContext) -> str:
    try:
        text = checked_result(job_type, result, context.refs)
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise StepFailed(f"The result does not fit the job type {job_type.name}:\n{error}") from None


def _read(job_type: JobType, text: str) -> BaseModel:
    try:
        text = Path(text[1:]).read_text() if text.startswith("@") else text
        json.loads(text)
        return job_type.input.model_validate_json(text)
    except OSError as error:
        raise StepFailed(f"INPUT cannot be read: {error}.") from None
    except json.JSONDecodeError as error:
        raise StepFailed(f"INPUT is not valid JSON: {error}.") from None
    except ValidationError as error:
        wrong = "\n".join(f"  {each.pointer or '/'} {each.message}" for each in field_errors(error))
        raise StepFailed(f"INPUT does not fit the job type {job_type.name}:\n{wrong}") from None
