"""What the canonical dialect says of schedules in the API's description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical import schedule_endpoints as schedules
from claimcheck.domain import errors
from claimcheck.domain.schedules import SCHEDULE_NAME
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.openapi.reference import (
    ASKED_WITH,
    Answer,
    Operation,
    Schema,
    accepted_answer,
    ref,
)
from claimcheck.service.reader import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.http.contract import Endpoint

NAME: Schema = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "The schedule's name, which you choose.",
    "schema": {"type": "string", "pattern": f"^{SCHEDULE_NAME.pattern}$"},
    "example": "morning-report",
}
LIMIT: Schema = {
    "name": "limit",
    "in": "query",
    "description": "How many to look at; a page can have fewer.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
}
CURSOR: Schema = {
    "name": "cursor",
    "in": "query",
    "description": "The `next_cursor` of the page before.",
    "schema": {"type": "string"},
}
SCHEDULE = Answer(description="The schedule as it is now.", schema=ref("Schedule"))

SCHEDULE_OPERATIONS: Mapping[Endpoint, Operation] = {
    schedules.put_schedule: Operation(
        id="put_schedule",
        summary="Store a schedule",
        description="Creates the schedule of this name or replaces it. From then on a job is submitted for "
        "each of its times, up to 90 seconds before, and runs at its second: a change within that time is "
        "for the runs after. Times that clocks leap over come when they have, times that come twice count "
        "once; but where minute or hour begin with `*`, every time counts that clocks show.",
        parameters=(NAME,),
        body=ref("ScheduleDefinition"),
        answers={
            200: Answer(description="Replaced.", schema=ref("Schedule")),
            201: Answer(description="Created.", schema=ref("Schedule"), headers={"Location": True}),
        },
        errors=(
            errors.MalformedScheduleName,
            errors.MalformedJson,
            errors.BodyTooLarge,
            errors.UnsupportedMediaType,
            errors.InvalidFields,
            errors.PlanRequired,
        ),
    ),
    schedules.get_schedule: Operation(
        id="get_schedule",
        summary="Read a schedule",
        description="Everything but its input.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.delete_schedule: Operation(
        id="delete_schedule",
        summary="Delete a schedule",
        description="No run comes any more; jobs that have begun go on.",
        parameters=(NAME,),
        answers={204: Answer(description="It is gone.")},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.list_schedules: Operation(
        id="list_schedules",
        summary="List schedules",
        description="Your organisation's schedules, by name.",
        parameters=(LIMIT, CURSOR),
        answers={200: Answer(description="A page of schedules.", schema=ref("ScheduleList"))},
        errors=(errors.InvalidFields,),
    ),
    schedules.list_schedule_jobs: Operation(
        id="list_schedule_jobs",
        summary="List a schedule's jobs",
        description="The jobs that the schedule had and that can still be read, newest first, without their "
        "results; also those of an earlier schedule of the same name.",
        parameters=(NAME, LIMIT, CURSOR),
        answers={200: Answer(description="A page of jobs.", schema=ref("JobList"))},
        errors=(errors.ScheduleNotFound, errors.InvalidFields),
    ),
    schedules.pause_schedule: Operation(
        id="pause_schedule",
        summary="Pause a schedule",
        description="No run comes until it is resumed; jobs that have begun go on. Asking again changes "
        "nothing.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.resume_schedule: Operation(
        id="resume_schedule",
        summary="Resume a schedule",
        description="It goes on with its next run: those of the pause do not count as missed. Asking again "
        "changes nothing.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.run_schedule: Operation(
        id="run_schedule",
        summary="Run a schedule now",
        description="Submits a job of the schedule at once, also while it is paused. Its own runs come as "
        "they would have.",
        parameters=(NAME, *ASKED_WITH),
        answers={202: accepted_answer("AcceptedJob")},
        errors=(
            errors.ScheduleNotFound,
            errors.InvalidIdempotencyKey,
            errors.InvalidFields,
            errors.IdempotencyKeyReused,
            errors.InsufficientCredits,
            errors.PlanRequired,
            errors.OutcomeUnknown,
        ),
    ),
}
