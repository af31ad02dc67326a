"""Examples, made from those of the fields."""

from collections.abc import Mapping
from typing import Any

from claimcheck.openapi.reference import REF, Schema

Schemas = Mapping[str, Schema]


class NoExample(Exception):
    """A required field has no example."""


def examples_of(schema: Schema, schemas: Schemas) -> dict[str, Any]:
    """Return one example for each member of a discriminated union, otherwise at most one."""
    whole = schemas[schema["$ref"].removeprefix(REF)] if "$ref" in schema else schema
    members = whole.get("discriminator", {}).get("mapping", {})
    named = {name: {"$ref": target} for name, target in members.items()} or {"example": whole}
    found = {}
    for name, member in named.items():
        try:
            found[name] = {"value": example_of(member, schemas)}
        except NoExample:
            continue
    return found


def example_of(schema: Schema, schemas: Schemas) -> Any:
    """Raises: NoExample."""
    match schema:
        case {"examples": [example, *_]} | {"const": example} | {"enum": [example, *_]}:
            return example
        case {"$ref": target}:
            return example_of(schemas[target.removeprefix(REF)], schemas)
        case {"properties": properties}:
            return _object(properties, schema.get("required", []), schemas)
        case {"anyOf": members} | {"oneOf": members}:
            return _first(members, schemas)
        case {"items": items}:
            return [example_of(items, schemas)]
    raise NoExample


def _object(properties: Schemas, required: list[str], schemas: Schemas) -> dict[str, Any]:
    example = {}
    for name, schema in properties.items():
        try:
            example[name] = example_of(schema, schemas)
        except NoExample:
            if name in required:
                raise
    return example


def _first(members: list[Schema], schemas: Schemas) -> Any:
    for member in members:
        try:
            return example_of(member, schemas)
        except NoExample:
            continue
    raise NoExample
