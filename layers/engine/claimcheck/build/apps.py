"""Apps: the file `app.toml` and the modules of each folder."""

import keyword
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from claimcheck.authoring.messages import message_of

APP_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# The module `apps.index`, and words that cannot name a Python package.
RESERVED = {"index", *keyword.kwlist}
FILE = "app.toml"
Function = Literal["submit_job", "get_job", "worker", "sweeper"]
# No two underscores: they separate the app from the secret in the name of a variable.
SecretName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]


class InvalidApp(Exception):
    """Apps that cannot be built. Each problem is one line with the file, the reason and the remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Problems(list[str]):
    """The problems of apps, to report all at once."""

    @contextmanager
    def collected(self) -> Iterator[None]:
        try:
            yield
        except InvalidApp as error:
            self += error.problems

    def report(self) -> None:
        """Raises: InvalidApp if there are any."""
        if self:
            raise InvalidApp(*dict.fromkeys(self))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Requirements(Strict):
    """`layer` has the packages of the app's dialect and job types, `worker` those of its handlers alone.

    `without` has packages that these would bring, but that the app does not import: they do not ship.
    """

    layer: list[str] = []
    worker: list[str] = []
    without: list[str] = []


class Worker(Strict):
    """The least that handlers need: memory in MB, timeout in seconds. Every worker has the defaults."""

    memory: int = Field(default=1024, ge=1024, le=10_240)
    timeout: int = Field(default=120, ge=120, le=900)


class Manifest(Strict):
    """The content of `app.toml`.

    `uses` names the apps that this one needs. `endpoints` maps paths to the job types that they submit, in
    the app's dialect if it has one, otherwise in the canonical one. `secrets` maps names to descriptions.
    Parameters, environment, permissions, secrets and the worker's needs go to `template.yaml`; text that
    starts with `!` is CloudFormation's short form.
    """

    summary: str
    uses: list[str] = []
    endpoints: dict[str, str] = {}
    requirements: Requirements = Requirements()
    parameters: dict[str, dict[str, Any]] = {}
    environment: dict[Function, dict[str, str]] = {}
    permissions: dict[Function, list[dict[str, Any]]] = {}
    secrets: dict[SecretName, str] = {}
    worker: Worker = Worker()


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
    problems = Problems()
    apps = find_apps(folder, problems)
    problems.report()
    return apps


def find_apps(folder: Path, problems: Problems) -> list[App]:
    """Return the valid apps in `folder`, by name, and add the problems of the others."""
    folders = [path for path in sorted(folder.iterdir()) if _has_code(path)]
    names = {path.name for path in folders}
    apps = []
    for path in folders:
        with problems.collected():
            apps.append(read_app(path))
            if missing := sorted(set(apps[-1].declared.uses) - names):
                place = line_with(apps[-1].file, "uses")
                raise InvalidApp(
                    f"{place}: `uses` names {', '.join(missing)}, which {folder} does not have. "
                    f"Add what is missing, or delete {path}."
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
            f'{file}:1: the file is missing. Write one with `summary = "…"`, or delete the folder.'
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise InvalidApp(
            f"{file}:{line[1] if line else 1}: this is not valid TOML: {error}. Correct it."
        ) from error
    except ValidationError as error:
        raise InvalidApp(*(_said(file, each) for each in error.errors())) from error


def _said(file: Path, error: ErrorDetails) -> str:
    steps = [str(step) for step in error["loc"] if step != "[key]"]
    wrong = f"{line_with(file, steps[-1])}: {'.'.join(steps)} {message_of(error)}."
    return f"{wrong} See docs/howto/add-a-job-type.md for all keys."


def line_with(file: Path, text: str) -> str:
    """Return the file and the number of its first line that has the text, or 1."""
    lines = file.read_text().splitlines()
    return f"{file}:{next((number for number, line in enumerate(lines, 1) if text in line), 1)}"


def check_name(name: str, remedy: str) -> None:
    """Raises: InvalidApp if the name is not allowed."""
    if not APP_NAME.fullmatch(name) or name in RESERVED:
        raise InvalidApp(
            f"{remedy}. An app's name has 1 to 32 characters of a-z, 0-9 and _, and starts with a letter. "
            f"`index` and Python's keywords are not allowed."
        )
