"""The paths that submit job types, from the apps' files `app.toml`."""

import importlib
import re
from collections.abc import Mapping, Sequence

from claimcheck.authoring.catalog import JobType
from claimcheck.build.apps import App, InvalidApp
from claimcheck.canonical.endpoints import DIALECT as CANONICAL
from claimcheck.http.contract import Dialect

# The declaring app and the newest version, by name.
JobTypes = Mapping[str, tuple[str, JobType]]

PARAMETER = re.compile(r"\{(\w+)\}")


def endpoints_of(apps: Sequence[App], job_types: JobTypes) -> dict[str, dict[str, str]]:
    """Return the job types' names, by dialect and path. Raises: InvalidApp."""
    found: dict[str, dict[str, str]] = {}
    dialects = _dialects(apps)
    routes = [route for each in (CANONICAL, *dialects.values()) for route in each.routes]
    taken = {route.path: "a dialect's own route" for route in routes if route.method == "POST"}
    for app in apps:
        for path, name in app.declared.endpoints.items():
            _check(app, path, name, job_types)
            if path in taken:
                raise InvalidApp(f"{app.file}: {path} is taken by {taken[path]}. Choose another path.")
            taken[path] = f"apps/{app.name}"
            found.setdefault(dialects[app.name].name, {})[path] = name
    return found


def _dialects(apps: Sequence[App]) -> dict[str, Dialect]:
    """Return each app's own dialect or the canonical one, by app. Raises: InvalidApp."""
    found: dict[str, Dialect] = {}
    speakers = {CANONICAL.name: "the engine"}
    for app in apps:
        found[app.name] = _dialect_of(app)
        if app.dialect:
            name = found[app.name].name
            if name in speakers:
                raise InvalidApp(
                    f"{app.folder}/dialect: the name {name} is taken by {speakers[name]}. Choose another "
                    "name."
                )
            speakers[name] = f"apps/{app.name}"
    return found


def _dialect_of(app: App) -> Dialect:
    if app.dialect is None:
        return CANONICAL
    dialect = getattr(importlib.import_module(app.dialect), "DIALECT", None)
    if not isinstance(dialect, Dialect):
        raise InvalidApp(
            f"{app.folder}/dialect/__init__.py: DIALECT is missing. Declare it, or delete the folder."
        )
    return dialect


def _check(app: App, path: str, name: str, job_types: JobTypes) -> None:
    """Raises: InvalidApp."""
    if name not in job_types:
        raise InvalidApp(
            f"{app.file}: {path} submits the job type {name}, which no app declares. "
            f"Declare it in {app.folder}/job_types, or remove the endpoint."
        )
    owner, job_type = job_types[name]
    if owner not in (app.name, *app.declared.uses):
        raise InvalidApp(
            f'{app.file}: {path} submits the job type {name} of apps/{owner}. Add "{owner}" to `uses`.'
        )
    unknown = sorted(set(PARAMETER.findall(path)) - job_type.input.model_fields.keys())
    if not path.startswith("/") or unknown:
        raise InvalidApp(
            f"{app.file}: {path} cannot be a path of {name}. Start it with `/`, and put only fields of the "
            f"job type's input in braces: {', '.join(job_type.input.model_fields)}."
        )
