"""Apps: the file `app.toml` and the modules of each folder."""

import keyword
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from claimcheck.authoring.messages import message_of

APP_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# The module `apps.index`, and words that cannot name a Python package.
RESERVED = {"index", *keyword.kwlist}
FILE = "app.toml"
Function = Literal["submit_job", "get_job", "worker", "sweeper"]


class InvalidApp(Exception):
    """An app that cannot be built. The message has the file, the reason and the remedy."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Requirements(Strict):
    """`layer` has the packages of the app's dialect and job types, `worker` those of its handlers alone."""

    layer: list[str] = []
    worker: list[str] = []


class Manifest(Strict):
    """The content of `app.toml`.

    `uses` names the apps that this one needs. `endpoints` maps paths to the job types that they submit, in
    the app's dialect if it has one, otherwise in the canonical one. Parameters, environment and permissions
    go to `template.yaml`; text that starts with `!` is CloudFormation's short form.
    """

    summary: str
    uses: list[str] = []
    endpoints: dict[str, str] = {}
    requirements: Requirements = Requirements()
    parameters: dict[str, dict[str, Any]] = {}
    environment: dict[Function, dict[str, str]] = {}
    permissions: dict[Function, list[dict[str, Any]]] = {}


@dataclass(frozen=True, slots=True)
class App:
    folder: Path
    declared: Manifest

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def dialect(self) -> str | None:
        return f"apps.{self.name}.dialect" if (self.folder / "dialect").is_dir() else None

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def files(self, folder: str) -> list[Path]:
        return sorted(path for path in (self.folder / folder).glob("*.py") if path.stem != "__init__")


def read_apps(folder: Path) -> list[App]:
    """Return the apps in `folder`, by name. Raises: InvalidApp."""
    apps = [read_app(path) for path in sorted(folder.iterdir()) if _has_code(path)]
    names = {app.name for app in apps}
    for app in apps:
        if missing := sorted(set(app.declared.uses) - names):
            raise InvalidApp(
                f"{app.file}: `uses` names {', '.join(missing)}, which {folder} does not have. "
                f"Add what is missing, or delete {app.folder}."
            )
    return apps


def _has_code(path: Path) -> bool:
    """Ignore the bytecode that a deleted app leaves behind."""
    return (path / FILE).exists() or (path.is_dir() and any(path.glob("**/*.py")))


def read_app(folder: Path) -> App:
    """Raises: InvalidApp."""
    check_name(folder.name, f"{folder}: rename the folder")
    file = folder / FILE
    try:
        return App(folder, Manifest.model_validate(tomllib.loads(file.read_bytes().decode())))
    except FileNotFoundError as error:
        raise InvalidApp(
            f'{file}: the file is missing. Write one with `summary = "…"`, or delete the folder.'
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidApp(f"{file}: this is not valid TOML: {error}.") from error
    except ValidationError as error:
        wrong = "; ".join(map(_said, error.errors()))
        raise InvalidApp(f"{file}: {wrong}. See docs/howto/add-a-job-type.md for all keys.") from error


def _said(error: ErrorDetails) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {message_of(error)}"


def check_name(name: str, remedy: str) -> None:
    """Raises: InvalidApp if the name is not allowed."""
    if not APP_NAME.fullmatch(name) or name in RESERVED:
        raise InvalidApp(
            f"{remedy}. An app's name has 1 to 32 characters of a-z, 0-9 and _, and starts with a letter. "
            f"`index` and Python's keywords are not allowed."
        )
