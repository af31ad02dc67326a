"""The schemas of submissions and results, one for each job type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical.requests import SubmitJob
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.openapi.models import input_schemas, results_of, type_name
from claimcheck.openapi.reference import Schema, one_of, ref

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import Catalog, JobType


def job_type_schemas(catalog: Catalog) -> dict[str, Schema]:
    """Return `Submission`, of the newest versions, `Result`, of all versions, and their parts."""
    shapes: dict[str, Schema] = {}
    submissions: dict[str, str] = {}
    for job_type in catalog:
        name = type_name(job_type)
        shapes |= _submission(name, job_type)
        submissions[job_type.name] = ref(f"{name}Submission")["$ref"]
    results = results_of(catalog.versions, catalog)
    for parts in results.values():
        shapes |= parts
    return shapes | {"Submission": _union(submissions), "Result": _any([ref(name) for name in results])}


def _submission(name: str, job_type: JobType) -> dict[str, Schema]:
    shapes = input_schemas(f"{name}Submission", SubmitJob)
    shape = shapes[f"{name}Submission"]
    shape["description"] = (
        f"{job_type.summary.rstrip('.')}. By default the job ends within "
        f"{_words(job_type.deadline)} of its `run_at` and can be read for {_words(job_type.retention)} "
        f"after its end."
    )
    shape["properties"] |= {
        "type": {"const": job_type.name},
        "input": ref(f"{name}Input"),
    }
    return shapes | input_schemas(f"{name}Input", job_type.input)


def _union(members: dict[str, str]) -> Schema:
    return {
        "title": "Submission",
        "description": "A new job. `input` depends on `type`.",
        **one_of(members.values()),
        "discriminator": {"propertyName": "type", "mapping": members},
    }


def _any(members: list[Schema]) -> Schema:
    return {
        "title": "Result",
        "description": "The job type's result.",
        **({"anyOf": members} if members else {"type": "object"}),
    }


def _words(seconds: int) -> str:
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        count, rest = divmod(seconds * SECOND, unit)
        if count and not rest:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} second{'s' if seconds > 1 else ''}"
