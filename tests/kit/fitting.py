"""Random documents that fit a JSON Schema, of the keywords that pydantic writes for the project's models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

FORMATS = {
    "uuid": st.uuids(version=4).map(str),
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    "uri": st.sampled_from(["https://example.com/a?b=c", "https://127.0.0.1/", "urn:a:b", "x"]),
}
ANY: SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
)
# The length of a generated text or list above its least: enough to be there, and quick.
MORE = 3


def fitting(schema: dict[str, Any], shapes: dict[str, Any]) -> SearchStrategy[Any]:
    """Return documents that fit `schema`. `shapes` are the schemas that it refers to, by name.

    Examples of the schema come up too: they get past the checks that no schema can express.
    """
    drawn = _fitting(schema, shapes)
    return drawn | st.sampled_from(schema["examples"]) if "examples" in schema else drawn


def _fitting(schema: dict[str, Any], shapes: dict[str, Any]) -> SearchStrategy[Any]:
    match schema:
        case {"$ref": target}:
            return st.deferred(lambda: fitting(shapes[target.rpartition("/")[2]], shapes))
        case {"const": value}:
            return st.just(value)
        case {"enum": values}:
            return st.sampled_from(values)
        case {"anyOf": members} | {"oneOf": members}:
            return st.one_of([fitting(member, shapes) for member in members])
        case {"type": "object"}:
            return _object(schema, shapes)
        case {"type": "array"}:
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", least + MORE), least + MORE)
            items = fitting(schema.get("items", {}), shapes)
            unique = repr if schema.get("uniqueItems") else None
            return st.lists(items, min_size=least, max_size=most, unique_by=unique)
        case {"type": "string"}:
            return _string(schema)
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "number"}:
            return st.floats(
                schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False
            )
    return {"boolean": st.booleans(), "null": st.none()}.get(schema.get("type", ""), ANY)


def _object(schema: dict[str, Any], shapes: dict[str, Any]) -> SearchStrategy[Any]:
    fields = {name: fitting(each, shapes) for name, each in schema.get("properties", {}).items()}
    required = {name: fields.pop(name) for name in schema.get("required", [])}
    named = st.fixed_dictionaries(required, optional=fields)
    if not (others := schema.get("additionalProperties")):
        return named
    names = fitting({"type": "string"} | schema.get("propertyNames", {}), shapes)
    least = schema.get("minProperties", 0)
    values = fitting({} if others is True else others, shapes)
    return st.dictionaries(names, values, min_size=least, max_size=least + MORE)


def _string(schema: dict[str, Any]) -> SearchStrategy[str]:
    if "format" in schema:
        return FORMATS[schema["format"]]
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    least = schema.get("minLength", 0)
    return st.text(min_size=least, max_size=min(schema.get("maxLength", least + MORE), least + MORE))
