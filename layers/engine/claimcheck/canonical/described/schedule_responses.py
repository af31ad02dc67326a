"""The canonical dialect's responses about schedules, as types: see `http.responses`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.canonical.described.responses import METADATA
from claimcheck.domain.schedules import UPCOMING, Missed, Overlap
from claimcheck.http.responses import JOB_ID, Time, about


class ScheduleError(TypedDict):
    """The reason why a slot has no job."""

    run_at: Annotated[Time, about("The time of the slot.")]
    code: Annotated[
        str,
        about(
            "For programs: the code with which a submission is refused.",
            json_schema_extra={
                "enum": ["invalid_fields", "plan_required", "insufficient_credits", "flow_full"]
            },
        ),
    ]
    message: Annotated[str, about("For people.")]


class Schedule(TypedDict):
    """A recurring job. Its input is not shown, because it can hold credentials."""

    name: Annotated[str, Field(examples=["morning-report"])]
    cron: Annotated[str | None, about("Null if it has a rate.", "0 9 * * 1-5")]
    timezone: Annotated[str | None, about("Null if it has a rate.", "Europe/Vienna")]
    rate: Annotated[str | None, about("Null if it has a cron expression.", None)]
    type: Annotated[str, about("The job type's name.", "text_statistics")]
    metadata: Annotated[Mapping[str, str], Field(examples=[METADATA])]
    missed: Annotated[str, Field(json_schema_extra={"enum": list(Missed)}, examples=["skip"])]
    callback_url: Annotated[str | None, about("Null without a callback. Its secrets are hidden.", None)]
    overlap: Annotated[str, Field(json_schema_extra={"enum": list(Overlap)}, examples=["allow"])]
    start_by_seconds: Annotated[int | None, Field(examples=[None])]
    flow: Annotated[str | None, about("The flow of each job; null without one.", None)]
    deadline_seconds: Annotated[int | None, Field(examples=[None])]
    retention_seconds: Annotated[int | None, Field(examples=[None])]
    paused: Annotated[bool, Field(examples=[False])]
    next_run_at: Annotated[
        Time | None,
        about("Null while the schedule is paused, and if no slot is left.", "2026-06-22T07:00:00.000Z"),
    ]
    last_run_at: Annotated[Time | None, about("Null before the first run.", "2026-06-19T07:00:00.000Z")]
    last_job_id: Annotated[
        str | None, about("The job of the last run.", JOB_ID, json_schema_extra={"format": "uuid"})
    ]
    last_error: Annotated[ScheduleError | None, about("Null unless the last slot was refused.", None)]
    created_at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    updated_at: Annotated[
        Time, about("When the schedule was last stored, paused or resumed.", "2026-06-18T16:30:00.000Z")
    ]


class ScheduleAndRuns(Schedule):
    """A schedule, and its next runs."""

    upcoming: Annotated[
        list[Time],
        about(
            f"The times of the next {UPCOMING} runs, or of fewer if no more slots are left. Empty while the "
            "schedule is paused.",
            ["2026-06-22T07:00:00.000Z", "2026-06-23T07:00:00.000Z"],
        ),
    ]


class ScheduleList(TypedDict):
    schedules: Annotated[list[Schedule], about("By name. The list can be empty.")]
    next_cursor: Annotated[
        str | None, about("The `cursor` of the next page; null on the last page.", "morning-report")
    ]
