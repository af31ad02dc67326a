"""Generators of clients understand the API's description: every union, every error, every optional field."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import import_module
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

import pytest

from tests.kit.fetched import NPX, UVX, need, run
from tests.kit.installed import openapi_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYDANTIC = (*UVX, "--from", "datamodel-code-generator==0.89.0", "datamodel-codegen")
ATTRS = (*UVX, "openapi-python-client@0.29.1")
TYPES = (*NPX, "openapi-typescript@7.13.0")
TYPESCRIPT = (*NPX, "-p", "typescript@5.9.3", "tsc")


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(openapi_document()))
    return found


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = description()["components"]["schemas"]
    return found


def name_of(schema: dict[str, Any]) -> str | None:
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else None


def branches(schema: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that the schema chooses from, itself if it is not a union."""
    name = name_of(schema)
    resolved = schemas()[name] if name else schema
    choices = resolved.get("oneOf") or resolved.get("anyOf")
    if choices:
        return set().union(*map(branches, choices))
    return {name} if name else set()


def operations() -> Iterator[dict[str, Any]]:
    for methods in description()["paths"].values():
        yield from (each for each in methods.values() if "operationId" in each)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "openapi.json").write_text(json.dumps(description()))
    return tmp_path


def named(annotation: Any) -> set[str]:
    """Return the names of the models in a type, with those in the roots of others."""
    if get_origin(annotation) in (Union, UnionType):
        return set().union(*map(named, get_args(annotation)))
    fields = getattr(annotation, "model_fields", {})
    if "root" in fields:
        return named(fields["root"].annotation)
    return {annotation.__name__} if fields else set()


def test_models_of_pydantic_have_every_branch_of_every_union(
    document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(*PYDANTIC, "--version")
    options = ("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel")
    fast = ("--formatters", "builtin", "--disable-warnings")
    run(document, *PYDANTIC, "--input", "openapi.json", "--output", "generated_models.py", *options, *fast)
    monkeypatch.syspath_prepend(document)
    models = import_module("generated_models")

    for name, schema in schemas().items():
        understood = getattr(models, name)
        if "oneOf" in schema or "anyOf" in schema:
            assert named(understood) == branches(schema), name
        for field, described in schema.get("properties", {}).items():
            [annotation] = [
                each.annotation
                for key, each in understood.model_fields.items()
                if (each.alias or key) == field
            ]
            assert named(annotation) >= branches(described), f"{name}.{field}"


@pytest.mark.soak
def test_a_client_of_attrs_has_every_answer_of_every_operation(document: Path) -> None:
    need(*ATTRS, "--version")
    printed = run(document, *ATTRS, "generate", "--path", "openapi.json", "--output-path", "client")
    modules = {each.stem: each.read_text() for each in document.glob("client/*/api/*/*.py")}

    assert "WARNING" not in printed
    for operation in operations():
        module = modules[re.sub(r"(?<!^)(?=[A-Z])", "_", operation["operationId"]).lower()]
        for status, response in operation["responses"].items():
            assert f"response.status_code == {status}:" in module, operation["operationId"]
            # Of the media types of one response, it understands the first.
            for media in [*resolve(response).get("content", {}).values()][:1]:
                for branch in branches(media["schema"]):
                    assert f"{branch}.from_dict(" in module, f"{operation['operationId']} {status}"


def resolve(response: dict[str, Any]) -> dict[str, Any]:
    name = name_of(response)
    found: dict[str, Any] = description()["components"]["responses"][name] if name else response
    return found


@pytest.mark.soak
def test_types_of_typescript_take_every_example_and_tell_every_branch_apart(document: Path) -> None:
    need(*TYPES, "--version")
    need(*TYPESCRIPT, "--version")
    run(document, *TYPES, "openapi.json", "-o", "api.ts", "--alphabetize")
    (document / "use.ts").write_text(";\n".join(["import { components } from './api'", *statements()]))

    run(document, *TYPESCRIPT, "--noEmit", "--strict", "--exactOptionalPropertyTypes", "use.ts")


def statements() -> Iterator[str]:
    bodies = [
        media for each in operations() for media in each.get("requestBody", {}).get("content", {}).values()
    ]
    for body in bodies:
        for example in body["examples"].values():
            yield f"(): {typed(name_of(body['schema']))} => ({json.dumps(example['value'])})"
    for name in sorted(parts(json.dumps(bodies))):
        for field in schemas()[name].get("properties", {}).keys() - schemas()[name].get("required", []):
            yield holds(f"{{}} extends Pick<{typed(name)}, '{field}'>")
    for name, schema in schemas().items():
        tag = schema.get("discriminator")
        for value, target in tag["mapping"].items() if tag else ():
            chosen = f"Extract<{typed(name)}, {{ {tag['propertyName']}: '{value}' }}>"
            yield holds(f"{typed(target.rpartition('/')[2])} extends {chosen}")


def parts(text: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of the schemas that a text refers to, directly or by others."""
    for name in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', text):
        if name not in known:
            known = parts(json.dumps(schemas()[name]), known | {name})
    return known


def typed(name: str | None) -> str:
    return f"components['schemas']['{name}']"


def holds(condition: str) -> str:
    return f"(): {condition} ? true : false => true"
