"""The commands about jobs, and how a command ends."""

import logging
import sys
from itertools import islice
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import claimcheck_client
from claimcheck_client import ApiError, Claimcheck, Job, JobFailed, NoAnswer, WaitTimeout
from claimcheck_client._command import files, flows, schedules, service
from claimcheck_client._command.inputs import WrongUsage, read_duration, read_input, read_pairs
from claimcheck_client._command.options import (
    CallbackOption,
    DeadlineOption,
    DuplicateOption,
    Fields,
    FlowOption,
    InputOption,
    JobId,
    JsonOption,
    KeyOption,
    LimitOption,
    MetadataOption,
    RetentionOption,
    RunAtOption,
    StartByOption,
    TimeoutOption,
    TypeArgument,
    UniqueKeyOption,
    given,
)
from claimcheck_client._command.output import (
    follow,
    show,
    show_error,
    show_job,
    show_jobs,
    show_json,
    show_line,
    show_timeline,
)
from claimcheck_client._command.session import Session, store_profile
from claimcheck_client._errors import unless

EPILOG = (
    "Exit codes: 0 done, 1 the job failed, 2 wrong usage, 3 refused by the API, 4 no answer, "
    "5 not done in time."
)


class Commands(TyperGroup):
    """Turns each error into a message and an exit code."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except JobFailed as error:
            raise _end(1, error) from error
        except (WrongUsage, ValueError) as error:  # ValueError: an argument that the client refuses
            raise _end(2, error) from error
        except ApiError as error:
            raise _end(4 if error.transient or error.status >= 500 else 3, error) from error
        except NoAnswer as error:
            raise _end(4, error) from error
        except WaitTimeout as error:
            raise _end(5, error) from error


def _end(code: int, error: Exception) -> typer.Exit:
    show_error(str(error))
    return typer.Exit(code)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Submit jobs to a Claimcheck deployment, and watch them.",
    pretty_exceptions_show_locals=False,
)
app.add_typer(files.app)
app.add_typer(schedules.app, name="schedules")
app.add_typer(flows.app, name="flows")
app.add_typer(service.app)


def _show_version(asked: bool) -> None:
    if asked:
        show_line(claimcheck_client.__version__)
        raise typer.Exit


@app.callback()
def prepare(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version."),
    ] = False,
) -> None:
    context.obj = context.obj or Session()
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("claimcheck_client").setLevel(logging.INFO)


@app.command()
def login(
    url: Annotated[str, typer.Option(prompt="URL", help="The deployment's URL.")],
    key: Annotated[
        str,
        typer.Option(prompt="API key", hide_input=True, help="An API key; better typed than in the history."),
    ],
    json: JsonOption = False,
) -> None:
    """Check a URL and a key, and keep them for the other commands."""
    with Claimcheck(url, key) as client, unless("missing_scope"):  # of a valid key that may only write
        next(client.jobs(), None)
    store_profile(url, key)
    show({"url": url}, json, f"You are logged in to {url}.")


@app.command()
def run(
    context: typer.Context,
    type: TypeArgument,
    fields: Fields = None,
    input: InputOption = None,
    wait: Annotated[bool, typer.Option(help="Wait for the result, or print the job's id.")] = True,
    timeout: TimeoutOption = None,
    metadata: MetadataOption = None,
    run_at: RunAtOption = None,
    start_by: StartByOption = None,
    deadline: DeadlineOption = None,
    unique_key: UniqueKeyOption = None,
    on_duplicate: DuplicateOption = None,
    retention_seconds: RetentionOption = None,
    flow: FlowOption = None,
    callback_url: CallbackOption = None,
    idempotency_key: KeyOption = None,
    json: JsonOption = False,
) -> None:
    """Submit a job, wait for it, and print its result."""
    options = given(
        run_at=run_at,
        start_by=start_by,
        deadline=deadline,
        unique_key=unique_key,
        on_duplicate=on_duplicate,
        retention_seconds=retention_seconds,
        flow=flow,
        callback_url=callback_url,
    )
    with context.obj.connect() as client:
        job = client.submit(
            type,
            read_input([*(input or ()), *(fields or ())]),
            idempotency_key=idempotency_key,
            metadata=read_pairs(metadata or ()),
            **options,
        )
        if wait:
            follow(job, timeout)
            _show_end(job, json)
        else:
            show(job.document, json, job.id)


@app.command()
def submit(
    context: typer.Context,
    type: TypeArgument,
    fields: Fields = None,
    input: InputOption = None,
    metadata: MetadataOption = None,
    run_at: RunAtOption = None,
    start_by: StartByOption = None,
    deadline: DeadlineOption = None,
    unique_key: UniqueKeyOption = None,
    on_duplicate: DuplicateOption = None,
    retention_seconds: RetentionOption = None,
    flow: FlowOption = None,
    callback_url: CallbackOption = None,
    idempotency_key: KeyOption = None,
    json: JsonOption = False,
) -> None:
    """Submit a job, and print its id: run --no-wait."""
    run(**locals(), wait=False)


@app.command()
def jobs(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="Only failed jobs.")] = False,
    type: Annotated[str | None, typer.Option(help="Only jobs of this type.")] = None,
    error_code: Annotated[str | None, typer.Option(help="Only jobs that failed with this code.")] = None,
    flow: Annotated[str | None, typer.Option(help="Only jobs of this flow.")] = None,
    metadata: MetadataOption = None,
    since: Annotated[
        str | None, typer.Option(help="Only jobs submitted since then: 90s, 15m, 1h, 7d.")
    ] = None,
    limit: LimitOption = 20,
    json: JsonOption = False,
) -> None:
    """List jobs, newest first; with --failed, the last failure first."""
    filters: dict[str, Any] = given(
        status="failed" if failed else None,
        type=type,
        error_code=error_code,
        flow=flow,
        metadata=read_pairs(metadata or ()),
        created_after=context.obj.now() - read_duration(since) if since else None,
    )
    with context.obj.connect() as client:
        show_jobs(list(islice(client.jobs(**filters), limit)), json)


@app.command()
def job(context: typer.Context, job_id: JobId, json: JsonOption = False) -> None:
    """Show a job and its timeline."""
    with context.obj.connect() as client:
        found = client.job(job_id)
        executions, deliveries = found.executions(), found.deliveries()
    if json:
        show_json({"job": found.document, "executions": executions, "deliveries": deliveries})
    else:
        show_timeline(found.document, executions, deliveries)


@app.command()
def result(
    context: typer.Context, job_id: JobId, timeout: TimeoutOption = None, json: JsonOption = False
) -> None:
    """Wait for a job, and print its result."""
    with context.obj.connect() as client:
        found = client.job(job_id)
        found.wait(timeout)
        _show_end(found, json)


@app.command()
def watch(
    context: typer.Context, job_id: JobId, timeout: TimeoutOption = None, json: JsonOption = False
) -> None:
    """Show a job's progress until it ends."""
    with context.obj.connect() as client:
        found = client.job(job_id)
        follow(found, timeout)
    show_job(found, json)
    if found.status == "failed":
        raise JobFailed(found.document)


@app.command()
def cancel(context: typer.Context, job_id: JobId, json: JsonOption = False) -> None:
    """Cancel a job."""
    with context.obj.connect() as client:
        found = client.job(job_id).cancel()
    show_job(found, json)


@app.command()
def retry(context: typer.Context, job_id: JobId, json: JsonOption = False) -> None:
    """Submit a failed job again, and print the new job's id."""
    with context.obj.connect() as client:
        new = client.job(job_id).retry()
    show(new.document, json, new.id)


def _show_end(job: Job, json: bool) -> None:
    """Print the result, or the whole job. Raises: JobFailed."""
    if json:
        show_json(job.document)
    value = job.result()
    if not json:
        show_json(value)
