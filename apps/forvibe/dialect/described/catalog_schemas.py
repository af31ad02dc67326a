"""Schemas of Forvibe's bodies and results, built from the job types."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

from pydantic import BaseModel, TypeAdapter

from apps.forvibe.dialect import RICHER, SIMULATION
from apps.forvibe.dialect.submissions import shape_of
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.openapi import models
from claimcheck.openapi.examples import NoExample, example_of
from claimcheck.openapi.models import body_of, input_schemas, type_name, versions_of
from claimcheck.openapi.reference import Schema, ref

MEMBERS = ("Pending", "Running", "Completed", "Failed")
NULL: Schema = {"type": "null", "examples": [None]}


def body_name(job_type: JobType) -> str:
    return f"Forvibe{type_name(job_type)}Body"


def locale_schema(catalog: Catalog) -> Schema:
    return TypeAdapter(shape_of(catalog.newest(SIMULATION)).locale).json_schema()


def listing_schemas(catalog: Catalog) -> dict[str, Schema]:
    listing: Any = shape_of(catalog.newest(SIMULATION)).listing
    if isinstance(listing, type) and issubclass(listing, BaseModel):
        return input_schemas("ForvibeListing", listing)
    return {"ForvibeListing": {"type": "object", "title": "ForvibeListing"}}


def body_schemas(job_type: JobType, endpoint: str) -> dict[str, Schema]:
    """Return the body of a submission: the input without path parameters; stored listings are optional."""
    name = body_name(job_type)
    shapes = body_of(name, job_type, endpoint)
    shape = shapes[name]
    if "{project_id}" in endpoint:
        shape["required"] = [field for field in shape["required"] if field not in ("listings", "listing")]
        if "listings" in shape["properties"]:
            _allow_one(shape)
    smallest = {"properties": {field: shape["properties"][field] for field in shape["required"]}}
    with suppress(NoExample):
        shape["examples"] = [example_of(smallest, shapes)]
    return shapes


def _allow_one(shape: Schema) -> None:
    by_locale = shape["properties"]["listings"]
    locale = by_locale.get("propertyNames", {"type": "string"})
    shape["properties"] |= {
        "listing": by_locale["additionalProperties"],
        "locale": {**locale, "description": "The locale of `listing`. Default: `en-US`."},
    }
    shape["dependentRequired"] = {"locale": ["listing"]}
    shape["not"] = {"required": ["listings", "listing"]}


def results_of(catalog: Catalog, submitted: Mapping[str, JobType]) -> dict[str, JobType]:
    """Return all versions of the job types, by the names of their results."""
    return {
        f"{type_name(job_type, catalog.newest(job_type.name))}Result": job_type
        for job_type in versions_of(submitted, catalog)
    }


def result_schemas(results: Mapping[str, JobType]) -> dict[str, Schema]:
    """Return the results; simulations also without the richer fields."""
    shapes: dict[str, Schema] = {}
    for name, job_type in results.items():
        shapes |= models.result_schemas(name, job_type.result)
        if job_type.name == SIMULATION:
            shapes[f"Forvibe{name}"] = _without_richer(shapes[name], f"Forvibe{name}")
    return shapes


def unified_results(results: Mapping[str, JobType]) -> Schema:
    return _one_of(f"Forvibe{name}" if each.name == SIMULATION else name for name, each in results.items())


def simulation_schemas(results: Mapping[str, JobType], shapes: dict[str, Schema]) -> dict[str, Schema]:
    """Return the rows in `shapes` with the whole result, and the richer fields at the top level."""
    whole = [name for name, job_type in results.items() if job_type.name == SIMULATION]
    rows = {f"Forvibe{member}Simulation": deepcopy(shapes[f"Forvibe{member}Job"]) for member in MEMBERS}
    for name, row in rows.items():
        row["title"] = name
        row["properties"] |= dict.fromkeys(RICHER, NULL)
        row["required"] = [*row["required"], *RICHER]
    parts = [shapes[name]["properties"] for name in whole]
    completed = rows["ForvibeCompletedSimulation"]["properties"]
    completed["result"] = _one_of(whole)
    completed |= {name: {"anyOf": [*(part[name] for part in parts if name in part), NULL]} for name in RICHER}
    return rows | {"ForvibeSimulation": _renamed(shapes["ForvibeJob"])}


def _renamed(union: Schema) -> Schema:
    mapping = {
        status: target.removesuffix("Job") + "Simulation"
        for status, target in union["discriminator"]["mapping"].items()
    }
    return {
        "title": "ForvibeSimulation",
        "description": "A simulation: its job with two more fields.",
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": "status", "mapping": mapping},
    }


def _without_richer(whole: Schema, name: str) -> Schema:
    properties = {field: schema for field, schema in whole["properties"].items() if field not in RICHER}
    required = [field for field in whole.get("required", []) if field not in RICHER]
    return whole | {"title": name, "properties": properties, "required": required}


def _one_of(names: Iterable[str]) -> Schema:
    return {"anyOf": [ref(name) for name in (*names, "ForvibeElsewhere")]}
