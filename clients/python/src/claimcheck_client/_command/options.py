"""Arguments and options that several commands have."""

from typing import Annotated, Any

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]
TypeArgument = Annotated[str, typer.Argument(metavar="TYPE", help="The job type.")]
Fields = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME=TEXT", help="Fields of the input: name=text, name=@file or name:=JSON."),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", help="A JSON file with the input, - for stdin, or a field as above."),
]
MetadataOption = Annotated[list[str] | None, typer.Option(help="name=text, as often as needed.")]
RunAtOption = Annotated[str | None, typer.Option(help="When to start, such as 2026-06-21T10:00:00Z.")]
CallbackOption = Annotated[str | None, typer.Option(help="The URL to call when the job ends.")]
KeyOption = Annotated[
    str | None, typer.Option("--idempotency-key", help="The same key submits the same job once.")
]
StartByOption = Annotated[str | None, typer.Option(help="The latest start: later the job fails.")]
DeadlineOption = Annotated[str | None, typer.Option(help="When to give up.")]
UniqueKeyOption = Annotated[str | None, typer.Option(help="One job at a time with this key.")]
DuplicateOption = Annotated[
    str | None, typer.Option(help="If another job has the --unique-key: reject, existing.")
]
RetentionOption = Annotated[int | None, typer.Option(help="Seconds for which the ended job can be read.")]
FlowOption = Annotated[str | None, typer.Option(help="The flow that limits when it starts.")]
TimeoutOption = Annotated[float | None, typer.Option(help="Seconds to wait. Default: until the job ends.")]
LimitOption = Annotated[int, typer.Option(min=1, help="How many to show.")]


def given(**options: Any) -> dict[str, Any]:
    """Return the options that are not None."""
    return {name: value for name, value in options.items() if value is not None}
