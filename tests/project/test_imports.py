"""Imports point inward, and no dialect is known to anybody but itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from claimcheck.dialects import ALL
from tests.project.deployment import PROJECT

ENGINE = PROJECT / "layers/engine/claimcheck"
DIALECTS = [dialect.name for dialect in ALL]
# Of `outbound` only what sends is one: its rules are functions that anybody may ask.
ADAPTERS = ("dynamodb", "sqs", "s3", "bedrock", "translate", "outbound.client")
TALKS_TO_AWS = {"aws.py", "sqs.py", "s3.py", "bedrock.py", "translate.py", "__main__.py"}


def modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def imported(module: Path) -> Iterator[str]:
    """Full names of what a module imports when it runs, at its top or later."""
    for node in ast.walk(runtime(ast.parse(module.read_text()))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def runtime(tree: ast.Module) -> ast.Module:
    """Without what only type checkers read."""
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    return tree


def test_the_model_imports_nothing_of_ours() -> None:
    assert [name for name in imported(ENGINE / "model.py") if name.startswith("claimcheck")] == []


@pytest.mark.parametrize("module", modules(ENGINE / "service"), ids=lambda path: path.stem)
def test_a_service_knows_ports_and_no_adapter(module: Path) -> None:
    outer = {f"claimcheck.{name}" for name in (*ADAPTERS, "dialects", "bootstrap", "http")}

    named = [name for name in imported(module) if name.startswith(tuple(outer))]
    assert [*named, *({"claimcheck.outbound.Outbound"} & set(imported(module)))] == []


def test_what_talks_to_aws_is_little() -> None:
    talking = {
        path.name
        for path in modules(ENGINE)
        if path.parent.name != "dynamodb" and any("boto" in name.split(".")[0] for name in imported(path))
    }

    assert talking <= TALKS_TO_AWS


def test_only_the_settings_look_at_the_environment() -> None:
    looking = {path.name for path in modules(ENGINE) if "environ" in "".join(imported_attributes(path))}

    assert looking == {"settings.py"}


def imported_attributes(module: Path) -> Iterator[str]:
    tree = ast.parse(module.read_text())
    return (node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_imports_another(dialect: str) -> None:
    others = tuple(f"claimcheck.dialects.{name}" for name in DIALECTS if name != dialect)
    found = ENGINE / "dialects" / dialect

    named = [name for path in modules(found) for name in imported(path) if name.startswith(others)]

    assert modules(found)
    assert named == []


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "canonical"])
def test_the_engine_does_not_know_a_dialect_by_name(dialect: str) -> None:
    engine = [path for path in modules(ENGINE) if "dialects" not in path.parts]

    assert [path.name for path in engine if dialect in path.read_text().lower()] == []
