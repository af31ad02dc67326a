"""The commands about schedules."""

from itertools import islice
from typing import Annotated, Any

import typer

from claimcheck_client import Schedule
from claimcheck_client._command.inputs import read_input, read_pairs
from claimcheck_client._command.options import (
    Fields,
    InputOption,
    JsonOption,
    KeyOption,
    LimitOption,
    MetadataOption,
    Name,
    TypeArgument,
)
from claimcheck_client._command.output import show_jobs, show_json, show_line, show_schedules

app = typer.Typer(no_args_is_help=True, help="Recurring jobs.")


@app.command("list")
def list_schedules(context: typer.Context, json: JsonOption = False) -> None:
    """List all schedules."""
    with context.obj.connect() as client:
        _show(list(client.schedules.list()), json)


@app.command()
def get(context: typer.Context, name: Name, json: JsonOption = False) -> None:
    """Show a schedule."""
    with context.obj.connect() as client:
        _show(client.schedules.get(name), json)


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
    metadata: MetadataOption = None,
    json: JsonOption = False,
) -> None:
    """Create or replace a schedule."""
    options: dict[str, Any] = {"cron": cron, "timezone": timezone, "rate": rate, "missed": missed}
    with context.obj.connect() as client:
        stored = client.schedules.put(
            name,
            type,
            read_input([*(input or ()), *(fields or ())]),
            metadata=read_pairs(metadata or ()),
            **{name: value for name, value in options.items() if value is not None},
        )
    _show(stored, json)


@app.command()
def pause(context: typer.Context, name: Name, json: JsonOption = False) -> None:
    """Pause a schedule. Its jobs that have not started are cancelled."""
    with context.obj.connect() as client:
        _show(client.schedules.pause(name), json)


@app.command()
def resume(context: typer.Context, name: Name, json: JsonOption = False) -> None:
    """Continue a paused schedule."""
    with context.obj.connect() as client:
        _show(client.schedules.resume(name), json)


@app.command()
def run(
    context: typer.Context, name: Name, idempotency_key: KeyOption = None, json: JsonOption = False
) -> None:
    """Submit a schedule's job now, and print its id."""
    with context.obj.connect() as client:
        job = client.schedules.run(name, idempotency_key=idempotency_key)
    if json:
        show_json(job.document)
    else:
        show_line(job.id)


@app.command()
def delete(context: typer.Context, name: Name, json: JsonOption = False) -> None:
    """Delete a schedule. Its jobs that have not started are cancelled."""
    with context.obj.connect() as client:
        client.schedules.get(name)  # a wrong name is an error
        client.schedules.delete(name)
    if json:
        show_json({"name": name, "deleted": True})
    else:
        show_line(f"{name} is deleted.")


@app.command()
def jobs(context: typer.Context, name: Name, limit: LimitOption = 20, json: JsonOption = False) -> None:
    """List a schedule's jobs, newest first."""
    with context.obj.connect() as client:
        show_jobs(list(islice(client.schedules.jobs(name), limit)), json)


def _show(found: Schedule | list[Schedule], json: bool) -> None:
    if json:
        show_json(found)
    else:
        show_schedules(found if isinstance(found, list) else [found])
