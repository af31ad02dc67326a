"""The paths that submit job types, from the apps' files `app.toml`."""

import re
from collections.abc import Mapping, Sequence

from claimcheck.authoring.catalog import JobType
from claimcheck.build.apps import App, InvalidApp, Problems, line_with
from claimcheck.build.modules import load
from claimcheck.canonical.endpoints import DIALECT as CANONICAL
from claimcheck.http.contract import Dialect

# The declaring app and the newest version, by name.
JobTypes = Mapping[str, tuple[str, JobType]]

PARAMETER = re.compile(r"\{(\w+)\}")


def endpoints_of(apps: Sequence[App], job_types: JobTypes, problems: Problems) -> dict[str, dict[str, str]]:
    """Return the job types' names, by dialect and path. Invalid endpoints are left out."""
    found: dict[str, dict[str, str]] = {}
    # The declaration of a missing job type can be among the problems.
    complete = not problems
    dialects = _dialects(apps, problems)
    routes = [route for each in (CANONICAL, *dialects.values()) for route in each.routes]
    taken = {_shape(route.path): "a dialect's own route" for route in routes if route.method == "POST"}
    for app in apps:
        for path, name in app.declared.endpoints.items():
            with problems.collected():
                if name in job_types or complete:
                    _check(app, path, name, job_types)
                if other := taken.get(_shape(path)):
                    raise InvalidApp(
                        f"{line_with(app.file, path)}: {path} is taken by {other}. Choose another path."
                    )
                taken[_shape(path)] = f"apps/{app.name}"
                found.setdefault(dialects.get(app.name, CANONICAL).name, {})[path] = name
    return found


def _shape(path: str) -> str:
    """Return a path without the names of its parameters: a request does not have them."""
    return PARAMETER.sub("{}", path)


def _dialects(apps: Sequence[App], problems: Problems) -> dict[str, Dialect]:
    """Return each app's own dialect or the canonical one, by app."""
    found: dict[str, Dialect] = {}
    speakers = {CANONICAL.name: "the engine"}
    for app in apps:
        with problems.collected():
            found[app.name] = _dialect_of(app)
            if app.dialect:
                name = found[app.name].name
                if name in speakers:
                    place = line_with(app.folder / "dialect/__init__.py", "name=")
                    raise InvalidApp(
                        f"{place}: the name {name} is taken by {speakers[name]}. Choose another name."
                    )
                speakers[name] = f"apps/{app.name}"
    return found


def _dialect_of(app: App) -> Dialect:
    if app.dialect is None:
        return CANONICAL
    file = app.folder / "dialect/__init__.py"
    dialect = getattr(load(app, file, "layer"), "DIALECT", None)
    if not isinstance(dialect, Dialect):
        raise InvalidApp(f"{file}:1: DIALECT is missing. Declare it, or delete the folder.")
    return dialect


def _check(app: App, path: str, name: str, job_types: JobTypes) -> None:
    """Raises: InvalidApp."""
    place = line_with(app.file, path)
    if name not in job_types:
        raise InvalidApp(
            f"{place}: {path} submits the job type {name}, which no app declares. "
            f"Declare it in {app.folder}/job_types, or remove the endpoint."
        )
    owner, job_type = job_types[name]
    if owner not in (app.name, *app.declared.uses):
        raise InvalidApp(
            f'{place}: {path} submits the job type {name} of apps/{owner}. Add "{owner}" to `uses`.'
        )
    unknown = sorted(set(PARAMETER.findall(path)) - job_type.input.model_fields.keys())
    if not path.startswith("/") or unknown:
        raise InvalidApp(
            f"{place}: {path} cannot be a path of {name}. Start it with `/`, and put only fields of the "
            f"job type's input in braces: {', '.join(job_type.input.model_fields)}."
        )
