"""The description of the canonical dialect's schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical import schedule_endpoints as schedules
from claimcheck.domain import errors
from claimcheck.domain.schedules import SCHEDULE_NAME
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.openapi.reference import ASKED_WITH, Answer, Operation, accepted_answer, parameter, ref
from claimcheck.service.reader import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.http.contract import Endpoint

NAME = parameter(
    "path",
    "name",
    "The schedule's name, which you choose.",
    {"type": "string", "pattern": f"^{SCHEDULE_NAME.pattern}$"},
    "morning-report",
)
LIMIT = parameter(
    "query",
    "limit",
    "The page size. A page can have fewer entries.",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
)
CURSOR = parameter("query", "cursor", "The `next_cursor` of the previous page.", {"type": "string"})
SCHEDULE = Answer(description="The schedule.", schema=ref("Schedule"))

SCHEDULE_OPERATIONS: Mapping[Endpoint, Operation] = {
    schedules.put_schedule: Operation(
        summary="Store a schedule",
        description="Creates or replaces the schedule of this name. It submits a job for each of its slots, "
        "up to 90 seconds before the slot, and the job runs at the slot's second. Changes within those 90 "
        "seconds apply to later slots. When clocks change: a slot in the skipped hour runs right after the "
        "change, and a slot in the repeated hour runs once. If the minute or hour starts with `*`, the "
        "schedule follows the clock instead: skipped times have no slot, and repeated times have two.",
        parameters=(NAME,),
        body=ref("ScheduleDefinition"),
        answers={
            200: Answer(description="The schedule was replaced.", schema=ref("Schedule")),
            201: Answer(
                description="The schedule was created.", schema=ref("Schedule"), headers={"Location": True}
            ),
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
        summary="Get a schedule",
        description="Returns the schedule without its input.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.delete_schedule: Operation(
        summary="Delete a schedule",
        description="Ends the schedule. Its waiting jobs are cancelled; running jobs continue.",
        parameters=(NAME,),
        answers={204: Answer(description="The schedule was deleted.")},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.list_schedules: Operation(
        summary="List schedules",
        description="Lists your organisation's schedules by name.",
        parameters=(LIMIT, CURSOR),
        answers={200: Answer(description="A page of schedules.", schema=ref("ScheduleList"))},
        errors=(errors.InvalidFields,),
    ),
    schedules.list_schedule_jobs: Operation(
        summary="List a schedule's jobs",
        description="Lists the schedule's jobs that have not expired, newest first, without their results. "
        "Includes the jobs of earlier schedules of this name.",
        parameters=(NAME, LIMIT, CURSOR),
        answers={200: Answer(description="A page of jobs.", schema=ref("JobList"))},
        errors=(errors.ScheduleNotFound, errors.InvalidFields),
    ),
    schedules.pause_schedule: Operation(
        summary="Pause a schedule",
        description="Stops the schedule until it is resumed. Its waiting jobs are cancelled; running jobs "
        "continue. Pausing a paused schedule changes nothing.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.resume_schedule: Operation(
        summary="Resume a schedule",
        description="Continues with the next slot. Slots during the pause do not count as missed. Resuming "
        "an active schedule changes nothing.",
        parameters=(NAME,),
        answers={200: SCHEDULE},
        errors=(errors.ScheduleNotFound,),
    ),
    schedules.run_schedule: Operation(
        summary="Run a schedule now",
        description="Submits a job of the schedule at once, even while the schedule is paused. Its slots do "
        "not change.",
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
