"""Files that go up, and files of results."""

import mimetypes
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePath
from typing import Annotated, Any

import typer

from claimcheck_client import Claimcheck, FileRef
from claimcheck_client._command.inputs import WrongUsage
from claimcheck_client._command.options import JobId, JsonOption, TimeoutOption
from claimcheck_client._command.output import reading, show

app = typer.Typer()


@app.command()
def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of at most 1 GiB.")],
    content_type: Annotated[str | None, typer.Option(help="Its media type. Default: by its name.")] = None,
    json: JsonOption = False,
) -> None:
    """Upload a file, and print its upload_id. With --json, what an input takes."""
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    with context.obj.connect() as client:
        try:
            with reading(file) as content:
                sent = client.upload(content, content_type or guessed)
        except OSError as error:
            raise WrongUsage(f"{file} cannot be read ({error}).") from error
    show(sent, json, sent["upload_id"])


@app.command()
def download(
    context: typer.Context,
    job_id: JobId,
    into: Annotated[Path, typer.Option(help="The folder to save them in.")] = Path(),
    timeout: TimeoutOption = None,
    json: JsonOption = False,
) -> None:
    """Wait for a job, and save the files of its result. No file is replaced."""
    with context.obj.connect() as client:
        found = list(_files_in(client.job(job_id).result(timeout=timeout)))
        saved = [str(_save(client, file, name, into)) for file, name in _named(found)]
    show(saved, json, *saved)


def _named(files: list[FileRef]) -> list[tuple[FileRef, str]]:
    """Return each file with a name of its own: a second `page.png` is `page-2.png`."""
    taken = {file["name"] for file in files}
    named: dict[str, FileRef] = {}
    for file in files:
        path, number = PurePath(file["name"]), 2
        name = file["name"]
        while name in named or (name in taken and name != file["name"]):
            name, number = f"{path.stem}-{number}{path.suffix}", number + 1
        named[name] = file
    return [(file, name) for name, file in named.items()]


def _save(client: Claimcheck, file: FileRef, name: str, folder: Path) -> Path:
    """Download a file of a result. Raises: WrongUsage if one of this name is there, or cannot be written."""
    path = folder / name
    if path.parent != folder or path.name in ("", ".."):
        raise WrongUsage(f"{name} is not the name of a file.")
    try:
        with path.open("xb") as into, ExitStack() as failed:
            failed.callback(path.unlink)
            client.download(file, into)
            failed.pop_all()
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written ({error}).") from error
    return path


def _files_in(value: Any) -> Iterator[FileRef]:
    """Yield the files that a result names."""
    if isinstance(value, dict) and {"name", "size", "content_type", "url"} <= value.keys():
        yield value  # type: ignore[misc]
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _files_in(each)
