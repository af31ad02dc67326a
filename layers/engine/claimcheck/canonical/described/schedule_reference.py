"""The description of the canonical dialect's schedules."""

from functools import partial

from claimcheck.canonical import schedule_endpoints as schedules
from claimcheck.domain import errors
from claimcheck.domain.schedules import SCHEDULE_NAME
from claimcheck.openapi import reference as api

NAME = api.path_name("schedule", SCHEDULE_NAME, "morning-report")
of_schedule = partial(api.Operation, parameters=(NAME,), errors=(errors.ScheduleNotFound,))
PAGING = api.paging("The page size. A page can have fewer entries.", {"type": "string"})
SCHEDULE = api.Answer("The schedule.", api.ref("Schedule"))

SCHEDULE_OPERATIONS: api.Operations = {
    schedules.put_schedule: of_schedule(
        summary="Store a schedule",
        description="Creates or replaces the schedule of this name. Each time given by `cron` or `rate` is a "
        "slot. The schedule submits a job for each slot, up to 90 seconds before it, and the job runs at the "
        "slot's second. Changes within those 90 seconds apply to later slots. When clocks change: a slot in "
        "the skipped hour runs right after the change, and a slot in the repeated hour runs once. If the "
        "minute or hour starts with `*`, the schedule follows the clock instead: skipped times have no slot, "
        "and repeated times have two.",
        body=api.ref("ScheduleDefinition"),
        answers={
            200: api.Answer("The schedule was replaced.", api.ref("Schedule")),
            201: api.Answer(
                "The schedule was created.",
                api.ref("Schedule"),
                headers={"Location": True},
            ),
        },
        errors=(
            errors.MalformedScheduleName,
            errors.TooManySchedules,
            *api.UNREADABLE,
            errors.InvalidFields,
            errors.PlanRequired,
        ),
    ),
    schedules.get_schedule: of_schedule(
        summary="Get a schedule",
        description="Returns the schedule without its input, and the times of its next runs.",
        answers={200: api.Answer("The schedule.", api.ref("ScheduleAndRuns"))},
    ),
    schedules.delete_schedule: of_schedule(
        summary="Delete a schedule",
        description="Ends the schedule. Its waiting jobs are cancelled; running jobs continue.",
        answers={204: api.Answer("The schedule was deleted.")},
    ),
    schedules.list_schedules: api.Operation(
        summary="List schedules",
        description="Lists your organisation's schedules by name.",
        parameters=PAGING,
        answers={200: api.Answer("A page of schedules.", api.ref("ScheduleList"))},
        errors=(errors.InvalidFields,),
    ),
    schedules.list_schedule_jobs: api.Operation(
        summary="List a schedule's jobs",
        description="Lists the schedule's jobs that have not expired, newest first, without their results. "
        "Includes the jobs of earlier schedules of this name.",
        parameters=(NAME, *PAGING),
        answers={200: api.Answer("A page of jobs.", api.ref("JobList"))},
        errors=(errors.ScheduleNotFound, errors.InvalidFields),
    ),
    schedules.pause_schedule: of_schedule(
        summary="Pause a schedule",
        description="Stops the schedule until it is resumed. Its waiting jobs are cancelled; running jobs "
        "continue. Pausing a paused schedule changes nothing.",
        answers={200: SCHEDULE},
    ),
    schedules.resume_schedule: of_schedule(
        summary="Resume a schedule",
        description="Continues with the next slot, also if the pause has cancelled its job. Slots during "
        "the pause do not count as missed. Resuming an active schedule changes nothing.",
        answers={200: SCHEDULE},
    ),
    schedules.run_schedule: api.Operation(
        summary="Run a schedule now",
        description="Submits a job of the schedule at once, even while the schedule is paused. Its slots do "
        "not change.",
        parameters=(NAME, api.IDEMPOTENCY_KEY, api.CALLBACK_URL),
        answers={202: api.accepted_answer("AcceptedJob")},
        errors=(errors.ScheduleNotFound, *api.START),
    ),
}
