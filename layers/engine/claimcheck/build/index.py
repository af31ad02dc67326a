"""The index of apps: the dialects, endpoints, job types and handlers of a deployment.

The build imports and checks the apps' declarations, so that deployed functions need not.
"""

import ast
import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from pprint import pformat
from typing import NamedTuple

from claimcheck.authoring.catalog import JobType
from claimcheck.build.apps import App, InvalidApp
from claimcheck.build.endpoints import endpoints_of

HEAD = '"""The apps of this deployment. Written by the build from the apps\' folders: do not edit."""\n\n'


class Declaration(NamedTuple):
    job_type: JobType
    app: App
    file: Path

    @property
    def module(self) -> str:
        return f"apps.{self.app.name}.job_types.{self.file.stem}"

    @property
    def handler(self) -> Path:
        return self.app.folder / "handlers" / f"{self.job_type.name}.py"


def write_index(apps: Sequence[App], target: Path) -> None:
    """Write the module `apps.index`, if it has changed. Raises: InvalidApp."""
    text = index_of(apps)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


def index_of(apps: Sequence[App]) -> str:
    """Raises: InvalidApp."""
    declared = [each for app in apps for each in _declarations(app)]
    declared.sort(key=lambda each: (each.job_type.name, each.job_type.version, each.module))
    newest = _checked(declared)
    content = {
        "DIALECTS: tuple[str, ...]": tuple(app.dialect for app in apps if app.dialect),
        "ENDPOINTS: dict[str, dict[str, str]]": endpoints_of(
            apps, {name: (each.app.name, each.job_type) for name, each in newest.items()}
        ),
        "JOB_TYPES: tuple[tuple[str, int, int, str], ...]": tuple(
            (each.job_type.name, each.job_type.version, each.job_type.timeout, each.module)
            for each in declared
        ),
        "HANDLERS: dict[str, str]": {
            name: f"apps.{each.app.name}.handlers.{name}" for name, each in newest.items()
        },
    }
    return HEAD + "".join(f"{name} = {pformat(value, width=105)}\n" for name, value in content.items())


def _declarations(app: App) -> Iterator[Declaration]:
    """Raises: InvalidApp."""
    for file in app.files("job_types"):
        module = importlib.import_module(f"apps.{app.name}.job_types.{file.stem}")
        job_type = getattr(module, "JOB_TYPE", None)
        if not isinstance(job_type, JobType):
            raise InvalidApp(
                f"{file}: JOB_TYPE is missing. Declare it, or move the file out of the folder job_types."
            )
        yield Declaration(job_type, app, file)


def _checked(declared: Sequence[Declaration]) -> Mapping[str, Declaration]:
    """Return the newest version of each job type, by name. `declared` is sorted by version.

    Raises: InvalidApp.
    """
    newest: dict[str, Declaration] = {}
    for each in declared:
        name, version = each.job_type.name, each.job_type.version
        other = newest.get(name)
        if other and (other.app != each.app or other.job_type.version == version):
            raise InvalidApp(
                f"{each.file}: the job type {name} is also declared in {other.file}. "
                f"Change one of the names, or, in the same app, one of the versions."
            )
        if not each.handler.exists() or "handle" not in _names_in(each.handler):
            raise InvalidApp(
                f"{each.file}: the job type {name} has no handler. "
                f"Write the function `handle` in {each.handler}."
            )
        newest[name] = each
    return newest


def _names_in(file: Path) -> set[str]:
    """Return the names that a module defines or imports.

    The source is read and not run, which could need the worker's packages.
    """
    found = set()
    for node in ast.parse(file.read_bytes()).body:
        match node:
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.ImportFrom(names=names):
                found |= {alias.asname or alias.name for alias in names}
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found
