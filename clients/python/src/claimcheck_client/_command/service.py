"""The commands that are only a door to the service's own code, or to its console."""

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import claimcheck_client
from claimcheck_client._command.inputs import WrongUsage

app = typer.Typer()
CHECKOUT = Path(claimcheck_client.__file__).parents[4]
"""Of the repository, if this package is installed from there and can be edited."""
OWN_CODE = (
    "This needs the service's own code and its packages. In its repository run .venv/bin/claimcheck, which "
    "every `make` command installs."
)


@app.command()
def console(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="The port of this machine.")] = 8090,
    open: Annotated[bool, typer.Option(help="Open it in a browser.")] = True,
) -> None:
    """Show the deployment's jobs in a browser: serve the console on this machine until Ctrl-C."""
    served = _module("console.__main__", "In the service's repository: pip install ./console, and try again.")
    with context.obj.connect() as client:
        served.main([client.url, "--port", str(port), *(["--open"] if open else [])])


@app.command()
def logs(
    text: Annotated[str, typer.Argument(help="Only lines with this text, such as a job's id.")] = "",
) -> None:
    """Print the logs of the local stack's functions, oldest first."""
    raise typer.Exit(_module("local.__main__", OWN_CODE).main(["logs", *([text] if text else [])]))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def admin(context: typer.Context) -> None:
    """Manage keys, credits and secrets, with AWS credentials: claimcheck admin --help."""
    raise typer.Exit(_module("claimcheck.__main__", OWN_CODE).main(context.args))


def _module(name: str, remedy: str) -> Any:
    """Import a module that this package does not have. Raises: WrongUsage if it is missing."""
    if (CHECKOUT / "layers/engine/claimcheck").is_dir():
        sys.path += [str(CHECKOUT / "layers/engine"), str(CHECKOUT)]
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise WrongUsage(f"There is no {error.name} here. {remedy}") from error
