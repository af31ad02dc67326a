"""What schedules look like, for the API's description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from claimcheck.canonical.described.schemas import JOB_ID, METADATA, Shape, Time
from claimcheck.canonical.schedule_requests import PutSchedule
from claimcheck.openapi.models import schemas_as, schemas_of, type_name
from claimcheck.openapi.reference import Schema, ref

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import Catalog


class ScheduleError(Shape):
    """Why a run has no job."""

    run_at: Annotated[Time, Field(description="Which run this was.")]
    code: Annotated[
        Literal["invalid_fields", "plan_required", "insufficient_credits"],
        Field(description="For programs: as a submission is refused."),
    ]
    message: Annotated[str, Field(description="For people.")]


class Schedule(Shape):
    """A recurring job. Its input is not shown: it can hold credentials."""

    name: Annotated[str, Field(examples=["morning-report"])]
    cron: Annotated[str | None, Field(description="Null if it has a rate.", examples=["0 9 * * 1-5"])]
    timezone: Annotated[str | None, Field(description="Null if it has a rate.", examples=["Europe/Vienna"])]
    rate: Annotated[str | None, Field(description="Null if it has a cron expression.", examples=[None])]
    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    metadata: Annotated[dict[str, str], Field(examples=[METADATA])]
    missed: Annotated[Literal["skip", "run_once"], Field(examples=["skip"])]
    deadline_seconds: Annotated[int | None, Field(examples=[None])]
    retention_seconds: Annotated[int | None, Field(examples=[None])]
    paused: Annotated[bool, Field(examples=[False])]
    next_run_at: Annotated[
        Time | None,
        Field(
            description="Null while it is paused, and when there is no run any more.",
            examples=["2026-06-22T07:00:00.000Z"],
        ),
    ]
    last_run_at: Annotated[
        Time | None,
        Field(description="Null before the first run.", examples=["2026-06-19T07:00:00.000Z"]),
    ]
    last_job_id: Annotated[
        str | None,
        Field(description="The job of that run.", json_schema_extra={"format": "uuid"}, examples=[JOB_ID]),
    ]
    last_error: Annotated[
        ScheduleError | None,
        Field(description="Null unless the last run was refused.", examples=[None]),
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    updated_at: Annotated[
        Time,
        Field(description="When it was stored, paused or resumed.", examples=["2026-06-18T16:30:00.000Z"]),
    ]


class ScheduleList(Shape):
    schedules: Annotated[list[Schedule], Field(description="By name; there may be none.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last one.", examples=["morning-report"]
        ),
    ]


def schedule_schemas(catalog: Catalog) -> dict[str, Schema]:
    """`ScheduleDefinition` is one of the job types' definitions."""
    shapes: dict[str, Schema] = schemas_of([Schedule, ScheduleList])
    members: dict[str, str] = {}
    for job_type in catalog:
        title = f"{type_name(job_type)}Schedule"
        shapes |= schemas_as(title, PutSchedule, "validation")
        shapes[title]["properties"] |= {
            "type": {"const": job_type.name},
            "input": ref(f"{type_name(job_type)}Input"),
        }
        shapes[title]["oneOf"] = [_has("cron"), _has("rate", timezone={"type": "null"})]
        members[job_type.name] = ref(title)["$ref"]
    shapes["ScheduleDefinition"] = {
        "title": "ScheduleDefinition",
        "description": "A job to be done again and again; its `type` tells what it takes.",
        "oneOf": [{"$ref": target} for target in members.values()],
        "discriminator": {"propertyName": "type", "mapping": members},
    }
    return shapes


def _has(name: str, **others: Schema) -> Schema:
    return {"required": [name], "properties": {name: {"type": "string"}, **others}}
