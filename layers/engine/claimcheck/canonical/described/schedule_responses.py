"""The canonical dialect's responses about schedules, as types: see `http.responses`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.canonical.described.responses import METADATA
from claimcheck.domain.schedules import Missed
from claimcheck.http.responses import JOB_ID, Time


class ScheduleError(TypedDict):
    """The reason why a slot has no job."""

    run_at: Annotated[Time, Field(description="The time of the slot.")]
    code: Annotated[
        str,
        Field(
            json_schema_extra={"enum": ["invalid_fields", "plan_required", "insufficient_credits"]},
            description="For programs: the code with which a submission is refused.",
        ),
    ]
    message: Annotated[str, Field(description="For people.")]


class Schedule(TypedDict):
    """A recurring job. Its input is not shown, because it can hold credentials."""

    name: Annotated[str, Field(examples=["morning-report"])]
    cron: Annotated[str | None, Field(description="Null if it has a rate.", examples=["0 9 * * 1-5"])]
    timezone: Annotated[str | None, Field(description="Null if it has a rate.", examples=["Europe/Vienna"])]
    rate: Annotated[str | None, Field(description="Null if it has a cron expression.", examples=[None])]
    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    metadata: Annotated[Mapping[str, str], Field(examples=[METADATA])]
    missed: Annotated[str, Field(json_schema_extra={"enum": list(Missed)}, examples=["skip"])]
    deadline_seconds: Annotated[int | None, Field(examples=[None])]
    retention_seconds: Annotated[int | None, Field(examples=[None])]
    paused: Annotated[bool, Field(examples=[False])]
    next_run_at: Annotated[
        Time | None,
        Field(
            description="Null while the schedule is paused, and if no slot is left.",
            examples=["2026-06-22T07:00:00.000Z"],
        ),
    ]
    last_run_at: Annotated[
        Time | None,
        Field(description="Null before the first run.", examples=["2026-06-19T07:00:00.000Z"]),
    ]
    last_job_id: Annotated[
        str | None,
        Field(
            description="The job of the last run.", json_schema_extra={"format": "uuid"}, examples=[JOB_ID]
        ),
    ]
    last_error: Annotated[
        ScheduleError | None,
        Field(description="Null unless the last slot was refused.", examples=[None]),
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    updated_at: Annotated[
        Time,
        Field(
            description="When the schedule was last stored, paused or resumed.",
            examples=["2026-06-18T16:30:00.000Z"],
        ),
    ]


class ScheduleList(TypedDict):
    schedules: Annotated[list[Schedule], Field(description="By name. The list can be empty.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last page.", examples=["morning-report"]
        ),
    ]
