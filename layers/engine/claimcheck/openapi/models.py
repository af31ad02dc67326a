"""Schemas of pydantic models, under names that mean something outside Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from claimcheck.openapi.reference import REF, Schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic import BaseModel

    from claimcheck.authoring.catalog import Catalog, JobType

Mode = Literal["validation", "serialization"]


class Untitled(GenerateJsonSchema):
    """Without the titles that pydantic makes from fields' names: they say nothing new."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas_of(models: Sequence[type[BaseModel]]) -> dict[str, Schema]:
    """The models and what they are made of, each under its own name."""
    wanted: list[tuple[type[BaseModel], Mode]] = [(model, "validation") for model in models]
    _, found = models_json_schema(wanted, ref_template=REF + "{model}", schema_generator=Untitled)
    schemas: dict[str, Schema] = found["$defs"]
    return schemas


def schemas_as(name: str, model: type[BaseModel], mode: Mode) -> dict[str, Schema]:
    """The model as `name`, and what it is made of under names that begin with that."""
    schema = model.model_json_schema(
        ref_template=f"{REF}{name}{{model}}", schema_generator=Untitled, mode=mode
    )
    parts = schema.pop("$defs", {})
    return {name: schema | {"title": name}} | {
        name + part: shape | {"title": name + part} for part, shape in parts.items()
    }


def type_name(job_type: JobType, newest: JobType | None = None) -> str:
    """`text_statistics` is `TextStatistics`; the version is told only where it is not the newest."""
    words = "".join(word.capitalize() for word in job_type.name.split("_"))
    return words if newest is None or newest is job_type else f"{words}V{job_type.version}"


def versions_of(submitted: Mapping[str, JobType], catalog: Catalog) -> list[JobType]:
    """All versions of the job types that a dialect submits."""
    names = {job_type.name for job_type in submitted.values()}
    return [each for each in catalog.versions if each.name in names]


def body_of(job_type: JobType, params: Collection[str]) -> dict[str, Schema]:
    """A body that is the input but for `params`, which stand in the path; named after its type."""
    name = f"{type_name(job_type)}Body"
    shapes = schemas_as(name, job_type.input, "validation")
    shape = shapes[name]
    properties = {field: schema for field, schema in shape["properties"].items() if field not in params}
    required = [field for field in shape.get("required", []) if field not in params]
    shapes[name] = shape | {"properties": properties, "required": required}
    return shapes
