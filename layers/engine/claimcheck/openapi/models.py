"""Schemas of responses and of job types' models, with names for the API's readers."""

import json
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.openapi.reference import REF, Schema, ref


class UntitledSchemas(GenerateJsonSchema):
    """A generator that adds no titles, which would only repeat the fields' names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def response_schemas(*shapes: Any) -> dict[str, Schema]:
    """Return the schemas of TypedDicts and their unions, and of their parts, by name."""
    mode: JsonSchemaMode = "serialization"
    with warnings.catch_warnings():
        # pydantic warns that it cannot enforce ReadOnly. Here it need not.
        warnings.filterwarnings("ignore", ".*ReadOnly", UserWarning)
        adapters = [(number, mode, TypeAdapter(shape)) for number, shape in enumerate(shapes)]
        _, found = TypeAdapter.json_schemas(
            adapters, ref_template=REF + "{model}", schema_generator=UntitledSchemas
        )
    schemas: dict[str, Schema] = found["$defs"]
    return {name: {**schema, "title": name} for name, schema in schemas.items()}


def result_schemas(name: str, model: type[BaseModel]) -> dict[str, Schema]:
    """Return the schema `name` of a result, and its parts, whose names start with `name`."""
    return _schemas_as(name, model, "serialization")


def results_of(job_types: Iterable[JobType], catalog: Catalog) -> tuple[list[Schema], dict[str, Schema]]:
    """Return references to the job types' results, and the schemas of these and their parts."""
    names = {f"{type_name(each, catalog.newest(each.name))}Result": each.result for each in job_types}
    shapes: dict[str, Schema] = {}
    for name, model in names.items():
        shapes |= result_schemas(name, model)
    return [ref(name) for name in names], shapes


def input_schemas(name: str, model: type[BaseModel]) -> dict[str, Schema]:
    """Return the schemas of an input, like `result_schemas`, with defaults in the descriptions.

    Client generators would treat a property with a `default` as required.
    """
    schemas = _schemas_as(name, model, "validation")
    return {name: _with_defaults_in_words(schema) for name, schema in schemas.items()}


def _schemas_as(name: str, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Schema]:
    schema = model.model_json_schema(
        ref_template=f"{REF}{name}{{model}}", schema_generator=UntitledSchemas, mode=mode
    )
    parts = schema.pop("$defs", {})
    return {name: schema | {"title": name}} | {
        name + part: shape | {"title": name + part} for part, shape in parts.items()
    }


def _with_defaults_in_words(schema: Schema) -> Schema:
    if "properties" not in schema:
        return schema
    return schema | {"properties": {name: _in_words(each) for name, each in schema["properties"].items()}}


def _in_words(schema: Schema) -> Schema:
    rest = {key: value for key, value in schema.items() if key != "default"}
    default = schema.get("default")
    if default is None or default in ("", [], {}):
        return rest
    said = f"Default: `{json.dumps(default) if not isinstance(default, str) else default}`."
    return rest | {"description": f"{schema['description']} {said}" if "description" in schema else said}


def narrowed(schema: Schema, fields: Mapping[str, Schema]) -> Schema:
    properties = schema["properties"]
    return schema | {
        "properties": properties | {name: properties[name] | more for name, more in fields.items()}
    }


def type_name(job_type: JobType, newest: JobType | None = None) -> str:
    """Return `TextStatistics` for `text_statistics`; with the version if it is not the newest."""
    words = "".join(word.capitalize() for word in job_type.name.split("_"))
    return words if newest is None or newest is job_type else f"{words}V{job_type.version}"


def versions_of(submitted: Mapping[str, JobType], catalog: Catalog) -> list[JobType]:
    names = {job_type.name for job_type in submitted.values()}
    return [each for each in catalog.versions if each.name in names]


def body_of(name: str, job_type: JobType, path: str) -> dict[str, Schema]:
    """Return the schema `name` of a body, and its parts: the input without the fields in the path."""
    shapes = input_schemas(name, job_type.input)
    shape = shapes[name]
    properties = {
        field: schema for field, schema in shape["properties"].items() if f"{{{field}}}" not in path
    }
    required = [field for field in shape.get("required", []) if field in properties]
    shapes[name] = shape | {"properties": properties, "required": required}
    return shapes
