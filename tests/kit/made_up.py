"""Results that are valid for their models, with chosen texts."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

    from claimcheck.authoring import JobContext

FORMATS = {
    "date": "2026-06-21",
    "date-time": "2026-06-21T10:00:00Z",
    "uri": "https://example.com/",
    "uri-reference": "/",
}


NUMBERS = count()


def made_up(model: type[BaseModel], text: str, job: JobContext) -> Any:
    """Return the smallest valid result of a job, with `text` in every text field and file."""
    schema = _schema_of(model)
    shapes = schema.get("$defs", {})
    if "FileRef" in shapes:
        saved = job.save(f"{next(NUMBERS)}.txt", text.encode(), "text/plain")
        shapes = shapes | {"FileRef": {"const": saved.model_dump()}}
    return _value(schema, shapes, text)


@cache
def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(mode="serialization")


def _value(schema: dict[str, Any], shapes: dict[str, Any], text: str) -> Any:
    match schema:
        case {"$ref": target}:
            return _value(shapes[target.rpartition("/")[2]], shapes, text)
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"anyOf": [member, *_]} | {"oneOf": [member, *_]}:
            return _value(member, shapes, text)
        case {"type": "object"}:
            fields = schema.get("properties", {})
            return {name: _value(fields[name], shapes, text) for name in schema.get("required", [])}
        case {"type": "array", "items": item}:
            return [_value(item, shapes, text)] * max(schema.get("minItems", 1), 1)
        case {"type": "string"}:
            return _string(schema, text)
    # A value of any type is a text.
    return {"boolean": True, "null": None, None: text}.get(schema.get("type"), schema.get("minimum", 0))


def _string(schema: dict[str, Any], text: str) -> Any:
    match schema:
        case {"format": named}:
            return FORMATS[named]
        case {"pattern": _}:
            return schema["examples"][0]
    return text[: schema.get("maxLength", len(text))].ljust(schema.get("minLength", 0), ".")
