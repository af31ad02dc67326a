"""The index of apps: which dialects, endpoints, job types and handlers a deployment has.

The build imports what apps declare, so that a deployed function need not, and refuses what could not work.
"""

from __future__ import annotations

import importlib
from pprint import pformat
from typing import TYPE_CHECKING

from claimcheck.authoring.catalog import JobType
from claimcheck.build.apps import InvalidApp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from claimcheck.build.apps import App

HEAD = '"""What this deployment has. Written by the build from the apps\' folders: do not edit."""\n\n'


def write_index(apps: Sequence[App], target: Path) -> None:
    """Write the module `apps.index`, unless it says the same already. Raises: InvalidApp."""
    text = index_of(apps)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


def index_of(apps: Sequence[App]) -> str:
    """Raises: InvalidApp."""
    found = [each for app in apps for each in _job_types(app)]
    job_types = sorted(found, key=lambda each: (each[0].name, each[0].version))
    handlers = {name: f"apps.{app.name}.handlers.{name}" for app in apps for name in app.modules("handlers")}
    _check_job_types(job_types, handlers)
    names = {job_type.name for job_type, _ in job_types}
    content = {
        "DIALECTS: tuple[str, ...]": tuple(app.dialect for app in apps if app.dialect),
        "ENDPOINTS: dict[str, dict[str, str]]": _endpoints(apps, names),
        "JOB_TYPES: tuple[tuple[str, int, int, str], ...]": tuple(
            (job_type.name, job_type.version, job_type.timeout, module) for job_type, module in job_types
        ),
        "HANDLERS: dict[str, str]": {name: handlers[name] for name in sorted(names & handlers.keys())},
    }
    return HEAD + "".join(f"{name} = {pformat(value, width=105)}\n" for name, value in content.items())


def _job_types(app: App) -> list[tuple[JobType, str]]:
    """Each with the name of its module. Raises: InvalidApp."""
    found = []
    for name in app.modules("job_types"):
        module = f"apps.{app.name}.job_types.{name}"
        job_type = getattr(importlib.import_module(module), "JOB_TYPE", None)
        if not isinstance(job_type, JobType):
            raise InvalidApp(
                f"{app.folder}/job_types/{name}.py: it has no JOB_TYPE. Each module here declares one."
            )
        found.append((job_type, module))
    return found


def _check_job_types(job_types: Sequence[tuple[JobType, str]], handlers: dict[str, str]) -> None:
    """Raises: InvalidApp."""
    seen: dict[tuple[str, int], str] = {}
    for job_type, module in job_types:
        other = seen.setdefault((job_type.name, job_type.version), module)
        if other != module:
            raise InvalidApp(f"{module}: {other} declares {job_type.name}, version {job_type.version}, too.")
        app = module.split(".")[1]
        if handlers.get(job_type.name) != f"apps.{app}.handlers.{job_type.name}":
            raise InvalidApp(
                f"{module}: the job type {job_type.name} has no handler. Write the function `handle` in "
                f"apps/{app}/handlers/{job_type.name}.py."
            )


def _endpoints(apps: Sequence[App], names: set[str]) -> dict[str, dict[str, str]]:
    """Raises: InvalidApp."""
    found: dict[str, dict[str, str]] = {}
    for app in apps:
        for path, name in app.declared.endpoints.items():
            if name not in names:
                raise InvalidApp(f"{app.folder}/app.toml: {path} submits {name}, which no app declares.")
            dialect = importlib.import_module(app.dialect).DIALECT.name if app.dialect else "canonical"
            taken = found.setdefault(dialect, {})
            if path in taken:
                raise InvalidApp(f"{app.folder}/app.toml: {path} is taken already, by {taken[path]}.")
            taken[path] = name
    return found
