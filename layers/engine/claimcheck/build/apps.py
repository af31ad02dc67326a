"""An app as its folder has it: `app.toml` and the modules below it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
# Modules at the root of `apps` that are no app.
RESERVED = {"index"}
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

    def modules(self, folder: str) -> list[str]:
        """The names of the modules in one of its folders."""
        return sorted(path.stem for path in (self.folder / folder).glob("*.py") if path.stem != "__init__")


def read_apps(folder: Path) -> list[App]:
    """The apps in `folder`, by name. Raises: InvalidApp."""
    apps = [read_app(path.parent) for path in sorted(folder.glob("*/app.toml"))]
    names = {app.name for app in apps}
    for app in apps:
        if missing := sorted(set(app.declared.uses) - names):
            raise InvalidApp(
                f"{app.folder}/app.toml: it uses {', '.join(missing)}, which is not in {folder}. "
                f"Add that app, or remove this one too."
            )
    return apps


def read_app(folder: Path) -> App:
    """Raises: InvalidApp."""
    file = folder / "app.toml"
    if not NAME.fullmatch(folder.name) or folder.name in RESERVED:
        raise InvalidApp(f"{folder}: an app is named with 1 to 40 of a-z, 0-9 and _, starting with a letter.")
    try:
        return App(folder, Declared.model_validate(tomllib.loads(file.read_text())))
    except tomllib.TOMLDecodeError as error:
        raise InvalidApp(f"{file}: {error}") from error
    except ValidationError as error:
        said = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise InvalidApp(f"{file}: {'; '.join(said)}") from error
