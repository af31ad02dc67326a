"""The check of all apps, before they are deployed: they are imported as Lambda will."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from claimcheck.authoring.catalog import AROUND
from claimcheck.build.apps import App, InvalidApp, Problems, find_apps
from claimcheck.build.endpoints import endpoints_of
from claimcheck.build.index import Declaration, declarations, job_types_of, newest_of
from claimcheck.build.inputs import check_input
from claimcheck.build.modules import argument, load
from claimcheck.build.shipped import ENGINE, ShippedFinder, modules_of
from claimcheck.build.template import with_blocks

SHORTEST_WORKER = re.compile(r"^  WorkerTimeout:\n(?: {4}.*\n)*? {4}MinValue: (\d+)$", re.MULTILINE)


def check(folder: Path, template: Path) -> None:
    """Import all code of the apps with only the packages that ship, and compare it with what is declared.

    This replaces `sys.meta_path`, so it is for a process of its own. Raises: InvalidApp with all problems.
    """
    problems = Problems()
    apps = find_apps(folder, problems)
    with problems.collected():
        _check_blocks(template, apps, complete=not problems)
    workers = modules_of(_pinned(apps, "worker"))
    finder = ShippedFinder(modules_of([ENGINE, *_pinned(apps, "layer")]))
    finder.replace_all()
    declared = declarations(apps, problems)
    newest = newest_of(declared)
    endpoints_of(apps, job_types_of(newest), problems)
    for app in apps:
        if app.dialect:
            with problems.collected():
                load(app, app.folder / "dialect/described/reference.py", "layer")
    longest = _worker_timeout(template) - AROUND
    for each in declared:
        with problems.collected():
            _check_timeout(each, longest)
        with problems.collected():
            check_input(each)
    finder.modules |= workers
    for each in newest.values():
        if each.handler.exists():
            with problems.collected():
                _check_handler(each)
    problems.report()


def _pinned(apps: list[App], part: str) -> Iterator[Path]:
    files = (app.folder / "requirements" / f"{part}.txt" for app in apps)
    return (file for file in files if file.exists())


def _check_blocks(template: Path, apps: list[App], *, complete: bool) -> None:
    """Raises: InvalidApp. If some apps are invalid, the template may have more than the others declare."""
    text = template.read_text()
    if with_blocks(text, apps) != text and complete:
        raise InvalidApp(f"{template}:1: the blocks of the apps are not up to date. Run `make template`.")


def _worker_timeout(template: Path) -> int:
    """Return the shortest timeout of the worker that a deployment may choose, in seconds."""
    found = SHORTEST_WORKER.search(template.read_text())
    assert found, f"{template} has no MinValue of WorkerTimeout"
    return int(found[1])


def _check_timeout(each: Declaration, longest: int) -> None:
    """Raises: InvalidApp."""
    if each.job_type.timeout > longest:
        raise InvalidApp(
            f"{argument(each.file, 'timeout')}: timeout is {each.job_type.timeout} s, and the worker's limit "
            f"is {longest} s. Choose at most {longest}, or set `timeout = {each.job_type.timeout + AROUND}` "
            f"under [worker] in the app's app.toml, and run `make template`."
        )


def _check_handler(each: Declaration) -> None:
    """Raises: InvalidApp."""
    file = each.handler
    handle = getattr(load(each.app, file, "worker"), "handle", None)
    if handle is None:
        raise InvalidApp(f"{file}:1: the function `handle` is missing. Write `def handle(given, job)`.")
    line = getattr(getattr(handle, "__code__", None), "co_firstlineno", 1)
    if not callable(handle) or inspect.iscoroutinefunction(handle) or inspect.isgeneratorfunction(handle):
        raise InvalidApp(f"{file}:{line}: `handle` is not a plain function. Write `def handle(given, job)`.")
    try:
        inspect.signature(handle).bind(None, None)
    except TypeError as error:
        raise InvalidApp(
            f"{file}:{line}: `handle` cannot be called with an input and a context: {error}. "
            "Write `def handle(given, job)`."
        ) from error
