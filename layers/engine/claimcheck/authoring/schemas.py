"""JSON schemas, as pydantic writes them."""

from collections.abc import Collection
from typing import Any


def without(schema: Any, keywords: Collection[str]) -> Any:
    """Return a schema without these keywords, at any depth."""
    if isinstance(schema, list):
        return [without(each, keywords) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        # The keys in these are names of fields, also `title` or `examples`.
        key: {name: without(each, keywords) for name, each in value.items()}
        if key in ("properties", "$defs")
        else without(value, keywords)
        for key, value in schema.items()
        if key not in keywords
    }
