"""An app as its folder has it: `app.toml` and the modules below it."""

from __future__ import annotations

import keyword
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from claimcheck.authoring.messages import message_of

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

APP_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# A module at the root of `apps` that is no app, and the words that no package of Python can be called.
RESERVED = {"index", *keyword.kwlist}
FILE = "app.toml"
Function = Literal["submit_job", "get_job", "worker", "sweeper"]


class InvalidApp(Exception):
    """An app that cannot be built. The text names the file, the reason and the remedy."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Requirements(Strict):
    """`layer` is what the app's dialect and job types import, `worker` what only its handlers do."""

    layer: list[str] = []
    worker: list[str] = []


class Declared(Strict):
    """The content of `app.toml`.

    `uses` names the apps whose modules or job types this one needs. `endpoints` has the paths that submit
    job types, in the app's own dialect if it has one and else in the canonical one. Parameters, environment
    and permissions are those of `template.yaml`; text that starts with `!` is CloudFormation's short form.
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
    declared: Declared

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def dialect(self) -> str | None:
        """The module of its dialect, if it speaks a contract of its own."""
        return f"apps.{self.name}.dialect" if (self.folder / "dialect").is_dir() else None

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def files(self, folder: str) -> list[Path]:
        """The modules in one of its folders."""
        return sorted(path for path in (self.folder / folder).glob("*.py") if path.stem != "__init__")


def read_apps(folder: Path) -> list[App]:
    """The apps in `folder`, by name. Raises: InvalidApp."""
    apps = [read_app(path) for path in sorted(folder.iterdir()) if _has_code(path)]
    names = {app.name for app in apps}
    for app in apps:
        if missing := sorted(set(app.declared.uses) - names):
            raise InvalidApp(
                f"{app.file}: it uses {', '.join(missing)}, which {folder} does not have. "
                f"Add what is missing, or remove {app.folder}, too."
            )
    return apps


def _has_code(path: Path) -> bool:
    """A folder that an app was deleted from can still have bytecode in it."""
    return (path / FILE).exists() or (path.is_dir() and any(path.glob("**/*.py")))


def read_app(folder: Path) -> App:
    """Raises: InvalidApp."""
    check_name(folder.name, f"{folder}: rename the folder")
    file = folder / FILE
    try:
        return App(folder, Declared.model_validate(tomllib.loads(file.read_bytes().decode())))
    except FileNotFoundError as error:
        raise InvalidApp(
            f'{file}: there is none. Write one with `summary = "…"`, or remove the folder.'
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidApp(f"{file}: it is no TOML: {error}. Correct it.") from error
    except ValidationError as error:
        wrong = "; ".join(map(_said, error.errors()))
        raise InvalidApp(f"{file}: {wrong}. docs/howto/add-a-job-type.md has every key.") from error


def _said(error: ErrorDetails) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {message_of(error)}"


def check_name(name: str, remedy: str) -> None:
    """Raises: InvalidApp when no app can be called so."""
    if not APP_NAME.fullmatch(name) or name in RESERVED:
        raise InvalidApp(
            f"{remedy}. An app is named with 1 to 32 of a-z, 0-9 and _, beginning with a letter. "
            f"`index` and Python's own words are taken."
        )
