"""The commands about flows."""

from typing import Annotated, Any

import typer

from claimcheck_client._command.inputs import WrongUsage
from claimcheck_client._command.named import Kind
from claimcheck_client._command.options import JsonOption, Name, given
from claimcheck_client._command.output import show_flows

app = typer.Typer(no_args_is_help=True, help="Limits on groups of jobs.")
FLOWS = Kind(lambda client: client.flows, show_flows)


@app.command()
def put(
    context: typer.Context,
    name: Name,
    concurrency: Annotated[int | None, typer.Option(help="The most jobs that run at once.")] = None,
    starts: Annotated[int | None, typer.Option(help="The starts in each period.")] = None,
    per_seconds: Annotated[
        int | None, typer.Option(help="The period of --starts in seconds. Default: 1.")
    ] = None,
    burst: Annotated[int | None, typer.Option(help="Starts that can come at once after a pause.")] = None,
    max_waiting: Annotated[int | None, typer.Option(help="The most jobs that wait.")] = None,
    paused: Annotated[bool | None, typer.Option(help="Whether no job may start. Default: as it is.")] = None,
    json: JsonOption = False,
) -> None:
    """Create or replace a flow. A limit that is not given is removed."""
    rate: dict[str, Any] | None = None
    if starts is not None:
        rate = {"starts": starts, **given(per_seconds=per_seconds, burst=burst)}
    elif (per_seconds, burst) != (None, None):
        raise WrongUsage(f"{'--burst' if per_seconds is None else '--per-seconds'} needs --starts")
    limits = given(concurrency=concurrency, rate=rate, max_waiting=max_waiting, paused=paused)
    with context.obj.connect() as client:
        FLOWS.show(client.flows.put(name, **limits), json)


FLOWS.add_commands(
    app,
    {
        "list": "List all flows.",
        "get": "Show a flow, with its running and waiting jobs.",
        "pause": "Start no more jobs of a flow. Running jobs go on.",
        "resume": "Start jobs of a paused flow again.",
        "delete": "Delete a flow that has no running or waiting jobs.",
    },
)
