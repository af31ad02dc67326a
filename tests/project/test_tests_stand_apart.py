"""Tests do not depend on benchmarks or studies, nor the reverse: they share `tests.kit`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURING = ("bench", "studies")
SHARED = "tests.kit"


def imported(source: str) -> Iterator[str]:
    """Return the full name of everything that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden(place: str, source: str) -> list[str]:
    """Return the forbidden imports of a module in this top folder; `place` is "kit" for `tests/kit`."""
    return [name for name in imported(source) if not _allowed(place, f"{name}.")]


def _allowed(place: str, name: str) -> bool:
    if name.startswith("tests.") and place != "tests":
        return name.startswith(f"{SHARED}.")
    return place in MEASURING or not name.startswith(tuple(f"{each}." for each in MEASURING))


def modules(*parts: str) -> dict[str, str]:
    found = (path for part in parts for path in (PROJECT / part).rglob("*.py"))
    return {str(path.relative_to(PROJECT)): path.read_text() for path in found}


def place_of(path: str) -> str:
    return "kit" if path.startswith("tests/kit/") else path.partition("/")[0]


@pytest.mark.parametrize(
    "part", ["tests", "apps", "clients", "layers", "functions", "local", "console", *MEASURING]
)
def test_only_the_kit_is_shared(part: str) -> None:
    found = modules(part)

    assert found
    assert {path: wrong for path, text in found.items() if (wrong := forbidden(place_of(path), text))} == {}


@pytest.mark.parametrize(
    ("place", "planted"),
    [
        ("tests", "from bench import figures"),
        ("tests", "def later():\n    import studies.cost.model"),
        ("apps", "from bench.pages import table"),
        ("apps", "from tests.unit.http.neighbours import Neighbours"),
        ("kit", "from tests.contract.faults import every_fault"),
        ("kit", "if TYPE_CHECKING:\n    from bench.figures import Findings"),
        ("bench", "from tests.integration import test_costs"),
        ("studies", "from tests import contract"),
    ],
)
def test_an_import_across_is_found(place: str, planted: str) -> None:
    shared = f"from {SHARED}.world import World\nfrom {SHARED} import events\nimport testing\n"

    assert forbidden(place, shared) == []
    assert len(forbidden(place, shared + planted)) == 1
