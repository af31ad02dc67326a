"""The schemas of submissions, results and definitions of schedules, one for each job type."""

from pydantic import BaseModel

from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.canonical.requests import SubmitJob
from claimcheck.canonical.schedule_requests import PutSchedule
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.openapi.models import input_schemas, results_of, type_name
from claimcheck.openapi.reference import Schema, ref

# Either `cron` or `rate`, and a time zone only beside `cron`.
CRON_OR_RATE: Schema = {
    "if": {"required": ["cron"], "properties": {"cron": {"type": "string"}}},
    "then": {"properties": {"rate": {"type": "null"}}},
    "else": {
        "required": ["rate"],
        "properties": {"rate": {"type": "string"}, "timezone": {"type": "null"}},
    },
}


def job_type_schemas(catalog: Catalog) -> dict[str, Schema]:
    """Return `Submission`, of the newest versions, `Result`, of all versions, and their parts."""
    shapes: dict[str, Schema] = {}
    submissions: dict[str, str] = {}
    for job_type in catalog:
        name = type_name(job_type)
        shapes |= _submission(name, job_type)
        submissions[job_type.name] = ref(f"{name}Submission")["$ref"]
    results, parts = results_of(catalog.versions, catalog)
    submission = _by_type("Submission", "A new job. `input` depends on `type`.", submissions)
    return shapes | parts | {"Submission": submission, "Result": _any(results)}


def schedule_schemas(catalog: Catalog) -> dict[str, Schema]:
    """Return one for each newest version, and their union `ScheduleDefinition`."""
    shapes: dict[str, Schema] = {}
    members: dict[str, str] = {}
    for job_type in catalog:
        title = f"{type_name(job_type)}Schedule"
        shapes |= _with_input(title, PutSchedule, job_type)
        shapes[title] |= CRON_OR_RATE
        members[job_type.name] = ref(title)["$ref"]
    union = _by_type("ScheduleDefinition", "A recurring job. `input` depends on `type`.", members)
    return shapes | {"ScheduleDefinition": union}


def _submission(name: str, job_type: JobType) -> dict[str, Schema]:
    shapes = _with_input(f"{name}Submission", SubmitJob, job_type)
    shapes[f"{name}Submission"]["description"] = (
        f"{job_type.summary.rstrip('.')}. By default the job ends within "
        f"{_words(job_type.deadline)} of its `run_at` and can be read for {_words(job_type.retention)} "
        f"after its end."
    )
    return shapes | input_schemas(f"{name}Input", job_type.input)


def _with_input(title: str, model: type[BaseModel], job_type: JobType) -> dict[str, Schema]:
    """Return the schemas of a body for one job type, whose `input` it has."""
    shapes = input_schemas(title, model)
    shapes[title]["properties"] |= {
        "type": {"const": job_type.name},
        "input": ref(f"{type_name(job_type)}Input"),
    }
    return shapes


def _by_type(title: str, description: str, members: dict[str, str]) -> Schema:
    """Return the union of `members`. Without any, nothing is valid: JSON Schema allows no empty `oneOf`."""
    return {
        "title": title,
        "description": description,
        **({"oneOf": [{"$ref": target} for target in members.values()]} if members else {"not": {}}),
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
