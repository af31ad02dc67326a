"""Arguments and options that several commands have."""

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JobId = Annotated[str, typer.Argument(metavar="ID", help="The job's id.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The schedule's name.")]
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
TimeoutOption = Annotated[float | None, typer.Option(help="Seconds to wait. Default: until the job ends.")]
LimitOption = Annotated[int, typer.Option(min=1, help="How many to show.")]
