"""Imports have one direction: no room of the engine imports one above it, and there are no circles.

Imports inside functions and those for type checkers count too.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from apps import index
from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

ENGINE = PROJECT / "layers/engine"
APPS = PROJECT / "apps"
# Each room imports only itself and rooms before it.
ORDER = (
    "cold_start",
    "domain",
    "outbound",
    "authoring",
    "aws",
    "service",
    "settings",
    "http",
    "openapi",
    "canonical",
    "installed",
    "bootstrap",
    "testing",
    "build",
    "__main__",
)
# These do not import each other: ports are between them.
APART = {room: {"aws"} for room in ("service", "http", "openapi", "canonical", "installed", "testing")}
TALKS_TO_AWS = "claimcheck.aws"


class Import(NamedTuple):
    by: str
    of: str


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sources() -> dict[str, str]:
    """Return the text of every module of the engine and of the apps, by its full name."""
    found = {module_name(path, ENGINE): path.read_text() for path in (ENGINE / "claimcheck").rglob("*.py")}
    for path in APPS.rglob("*.py"):
        if "tests" not in path.parts:
            found[module_name(path, PROJECT)] = path.read_text()
    return found


def imports(modules: Mapping[str, str]) -> Iterator[Import]:
    """Return each module's imports of the others: at its top, inside functions, and for type checkers."""
    for name, text in modules.items():
        for imported in _named(text):
            of = _module_of(imported, modules)
            if of is not None and of != name:
                yield Import(name, of)


@cache
def _named(text: str) -> list[str]:
    """Return what a module of this text imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += (f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _module_of(imported: str, modules: Mapping[str, str]) -> str | None:
    while imported and imported not in modules:
        imported = imported.rpartition(".")[0]
    return imported or None


def room_of(module: str) -> str:
    """Return a module's folder or single module directly below the engine's root, or its app."""
    parts = module.split(".")
    return parts[1] if parts[0] == "claimcheck" and len(parts) > 1 else ".".join(parts[:2])


def against_the_order(found: Iterable[Import]) -> list[Import]:
    return [each for each in found if not _allowed(room_of(each.by), room_of(each.of))]


def _allowed(by: str, of: str) -> bool:
    if by == of or of == "claimcheck":
        return True
    if by.startswith("apps."):
        return of.startswith("apps.") or of in (
            "domain",
            "outbound",
            "authoring",
            "service",
            "http",
            "openapi",
        )
    if of.startswith("apps."):
        return of == "apps.index" and by in ("installed", "build")
    return of not in APART.get(by, ()) and ORDER.index(of) < ORDER.index(by)


def cycle_in(found: Iterable[Import]) -> list[str] | None:
    graph: dict[str, set[str]] = {}
    for each in found:
        graph.setdefault(each.by, set()).add(each.of)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return None


def test_no_import_goes_against_the_order() -> None:
    assert against_the_order(imports(sources())) == []


def test_there_is_no_circular_import() -> None:
    assert cycle_in(imports(sources())) is None


UPWARD = {
    "at the top": "from claimcheck.service.worker import Worker",
    "in a function": "def later():\n    import claimcheck.http.server",
    "for types": "if TYPE_CHECKING:\n    from claimcheck.canonical import rendering",
}


@pytest.mark.parametrize("planted", UPWARD.values(), ids=UPWARD)
def test_an_import_against_the_order_is_found(planted: str) -> None:
    modules = sources()
    modules["claimcheck.domain.job"] += f"\n{planted}\n"

    assert [each.by for each in against_the_order(imports(modules))] == ["claimcheck.domain.job"]


@pytest.mark.parametrize(
    "lazy", ["from claimcheck.domain import job", "def f():\n    import claimcheck.domain.job"]
)
def test_a_circle_is_found(lazy: str) -> None:
    modules = sources()
    modules["claimcheck.domain.errors"] += f"\n{lazy}\n"
    modules["claimcheck.domain.job"] += (
        "\nif TYPE_CHECKING:\n    from claimcheck.domain.errors import Conflict\n"
    )

    found = cycle_in(imports(modules))

    assert found is not None
    assert {"claimcheck.domain.errors", "claimcheck.domain.job"} <= set(found)


def test_only_one_room_talks_to_aws() -> None:
    talking = {
        name for name, text in sources().items() if any(each.startswith("boto") for each in _named(text))
    }

    # The admin command reads a stack's outputs.
    assert {name for name in talking if not name.startswith(TALKS_TO_AWS)} <= {"claimcheck.__main__"}


def test_only_the_settings_and_the_logs_read_the_environment() -> None:
    reading = {
        name
        for name, text in sources().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr == "environ"
    }

    assert reading == {"claimcheck.settings", "claimcheck.domain.observability"}


def test_the_engine_does_not_know_an_app_by_name() -> None:
    apps = "|".join(path.parent.name for path in APPS.glob("*/app.toml")) or "none"
    named = re.compile(rf"\bapps[./]({apps})\b")

    assert {
        name for name, text in sources().items() if name.startswith("claimcheck") and named.search(text)
    } == set()


def test_the_engine_has_no_name_of_a_dialect_of_an_app() -> None:
    from claimcheck.installed import dialects

    names = {each.name for each in dialects()} - {"canonical"}
    texts = {
        (name, node.value)
        for name, text in sources().items()
        if name.startswith("claimcheck")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and node.value in names
    }

    assert texts == set()


def test_an_app_and_its_tests_import_only_apps_that_it_says_it_uses() -> None:
    from claimcheck.build.apps import read_apps

    uses = {app.name: {app.name, "index", *app.declared.uses} for app in read_apps(APPS)}
    everything = {module_name(path, PROJECT): path.read_text() for path in APPS.rglob("*.py")}
    found = [each for each in imports(everything) if each.of.startswith("apps.")]

    assert [each for each in found if each.of.split(".")[1] not in uses[each.by.split(".")[1]]] == []


def test_no_test_of_the_engine_imports_an_app() -> None:
    about_apps = re.compile(r"^ *(from|import) apps\.(?!index\b)", re.MULTILINE)
    files = [*(PROJECT / "tests").rglob("*.py"), *(PROJECT / "local").rglob("*.py")]

    # Some tests add an app of their own.
    own = [path for path in files if "added" not in path.parts]
    assert [path.name for path in own if about_apps.search(path.read_text())] == []


def test_no_test_of_the_engine_runs_a_job_type_of_an_app() -> None:
    """Those that run what is installed use the app `added`."""
    running = [
        path for room in ("integration", "e2e", "kit") for path in (PROJECT / "tests" / room).rglob("*.py")
    ]
    names = "|".join(index.HANDLERS) or "none"
    run = re.compile(rf"""(type"?[:=] ?|submit\()"({names})\"""")

    assert [path.name for path in running if run.search(path.read_text())] == []
