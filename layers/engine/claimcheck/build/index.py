"""The index of apps: the dialects, endpoints, job types and handlers of a deployment.

The build imports and checks the apps' declarations, so that deployed functions need not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from pprint import pformat
from typing import NamedTuple

from claimcheck.authoring.catalog import ENGINE_TYPES, JobType
from claimcheck.build.apps import App, InvalidApp, Problems
from claimcheck.build.endpoints import endpoints_of
from claimcheck.build.modules import argument, load

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
    problems = Problems()
    declared = declarations(apps, problems)
    newest = newest_of(declared)
    endpoints = endpoints_of(apps, job_types_of(newest), problems)
    problems.report()
    content = {
        "DIALECTS: tuple[str, ...]": tuple(app.dialect for app in apps if app.dialect),
        "ENDPOINTS: dict[str, dict[str, str]]": endpoints,
        "JOB_TYPES: tuple[tuple[str, int, int, str], ...]": tuple(
            (each.job_type.name, each.job_type.version, each.job_type.timeout, each.module)
            for each in declared
        ),
        "HANDLERS: dict[str, str]": {
            name: f"apps.{each.app.name}.handlers.{name}" for name, each in newest.items()
        },
    }
    return HEAD + "".join(f"{name} = {pformat(value, width=105)}\n" for name, value in content.items())


def declarations(apps: Sequence[App], problems: Problems) -> list[Declaration]:
    """Return all versions of all job types, by name and version. Invalid ones are left out."""
    found = []
    for app in apps:
        for file in app.files("job_types"):
            with problems.collected():
                found.append(_declaration(app, file))
    found.sort(key=lambda each: (each.job_type.name, each.job_type.version, each.module))
    newest: dict[str, Declaration] = {}
    for each in found:
        with problems.collected():
            _check(each, newest.get(each.job_type.name))
        newest[each.job_type.name] = each
    return found


def _declaration(app: App, file: Path) -> Declaration:
    """Raises: InvalidApp."""
    job_type = getattr(load(app, file, "layer"), "JOB_TYPE", None)
    if not isinstance(job_type, JobType):
        raise InvalidApp(
            f"{file}:1: JOB_TYPE is missing. Declare it, or move the file out of the folder job_types."
        )
    return Declaration(job_type, app, file)


def _check(each: Declaration, other: Declaration | None) -> None:
    """Raises: InvalidApp if the type has no handler, or is `other`, which is not a newer version."""
    name, version = each.job_type.name, each.job_type.version
    if name in (own.name for own in ENGINE_TYPES):
        raise InvalidApp(
            f"{argument(each.file, 'name')}: the job type {name} is the engine's own. Choose another name."
        )
    if other and (other.app != each.app or other.job_type.version == version):
        raise InvalidApp(
            f"{argument(each.file, 'name')}: the job type {name} is also declared in {other.file}. "
            f"Change one of the names, or, in the same app, one of the versions."
        )
    if not each.handler.exists():
        raise InvalidApp(
            f"{argument(each.file, 'name')}: the job type {name} has no handler. "
            f"Write the function `handle` in {each.handler}."
        )


def newest_of(declared: Sequence[Declaration]) -> dict[str, Declaration]:
    """Return the newest version of each job type, by name. `declared` is sorted by version."""
    return {each.job_type.name: each for each in declared}


def job_types_of(newest: Mapping[str, Declaration]) -> dict[str, tuple[str, JobType]]:
    return {name: (each.app.name, each.job_type) for name, each in newest.items()}
