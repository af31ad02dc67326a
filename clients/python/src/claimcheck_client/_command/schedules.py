"""The commands about schedules."""

from itertools import islice
from typing import Annotated

import typer

from claimcheck_client._command.inputs import read_input, read_pairs
from claimcheck_client._command.named import Kind
from claimcheck_client._command.options import (
    CallbackOption,
    Fields,
    FlowOption,
    InputOption,
    JsonOption,
    KeyOption,
    LimitOption,
    MetadataOption,
    Name,
    RetentionOption,
    TypeArgument,
    given,
)
from claimcheck_client._command.output import show, show_jobs, show_schedules

app = typer.Typer(no_args_is_help=True, help="Recurring jobs.")
SCHEDULES = Kind(lambda client: client.schedules, show_schedules)


@app.command()
def put(
    context: typer.Context,
    name: Name,
    type: TypeArgument,
    fields: Fields = None,
    input: InputOption = None,
    cron: Annotated[str | None, typer.Option(help='Five fields, such as "0 9 * * 1-5".')] = None,
    timezone: Annotated[str | None, typer.Option(help="Of cron, such as Europe/Vienna.")] = None,
    rate: Annotated[str | None, typer.Option(help='Time between runs, such as "15 minutes".')] = None,
    missed: Annotated[str | None, typer.Option(help="Slots missed in an outage: skip, run_once.")] = None,
    overlap: Annotated[str | None, typer.Option(help="While a job has not ended: allow, skip.")] = None,
    start_by_seconds: Annotated[int | None, typer.Option(help="The latest start after a slot.")] = None,
    deadline_seconds: Annotated[int | None, typer.Option(help="The latest end after a slot.")] = None,
    retention_seconds: RetentionOption = None,
    callback_url: CallbackOption = None,
    flow: FlowOption = None,
    paused: Annotated[bool | None, typer.Option(help="Whether it submits no jobs.")] = None,
    metadata: MetadataOption = None,
    json: JsonOption = False,
) -> None:
    """Create or replace a schedule."""
    options = given(
        cron=cron,
        timezone=timezone,
        rate=rate,
        missed=missed,
        overlap=overlap,
        start_by_seconds=start_by_seconds,
        deadline_seconds=deadline_seconds,
        retention_seconds=retention_seconds,
        callback_url=callback_url,
        flow=flow,
        paused=paused,
    )
    with context.obj.connect() as client:
        stored = client.schedules.put(
            name,
            type,
            read_input([*(input or ()), *(fields or ())]),
            metadata=read_pairs(metadata or ()),
            **options,
        )
    SCHEDULES.show(stored, json)


SCHEDULES.add_commands(
    app,
    {
        "list": "List all schedules.",
        "get": "Show a schedule.",
        "pause": "Pause a schedule. Its jobs that have not started are cancelled.",
        "resume": "Continue a paused schedule.",
        "delete": "Delete a schedule. Its jobs that have not started are cancelled.",
    },
)


@app.command()
def run(
    context: typer.Context, name: Name, idempotency_key: KeyOption = None, json: JsonOption = False
) -> None:
    """Submit a schedule's job now, and print its id."""
    with context.obj.connect() as client:
        job = client.schedules.run(name, idempotency_key=idempotency_key)
    show(job.document, json, job.id)


@app.command()
def jobs(context: typer.Context, name: Name, limit: LimitOption = 20, json: JsonOption = False) -> None:
    """List a schedule's jobs, newest first."""
    with context.obj.connect() as client:
        show_jobs(list(islice(client.schedules.jobs(name), limit)), json)
