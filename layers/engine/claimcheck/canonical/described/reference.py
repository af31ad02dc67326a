"""The description of the canonical dialect."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.canonical import endpoints as canonical
from claimcheck.canonical.batches import SubmitBatch
from claimcheck.canonical.callback_requests import PutDefaultCallback
from claimcheck.canonical.described import flow_responses, history_responses, responses, schedule_responses
from claimcheck.canonical.described.catalog_schemas import job_type_schemas, schedule_schemas
from claimcheck.canonical.described.file_reference import FILE_OPERATIONS, REDIRECT
from claimcheck.canonical.described.flow_reference import FLOW_OPERATIONS
from claimcheck.canonical.described.schedule_reference import SCHEDULE_OPERATIONS
from claimcheck.canonical.flow_requests import PutFlow
from claimcheck.canonical.uploads import RequestUpload
from claimcheck.domain import errors
from claimcheck.domain.job import Status
from claimcheck.http.responses import Problem
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import input_schemas, narrowed, response_schemas
from claimcheck.service.bulk import JOB_TYPE as BULK
from claimcheck.service.reader import MAX_PAGE

DESCRIPTION = """\
A job goes from `pending` to `processing` to `completed` or `failed`, and never back. Poll it, and wait
`Retry-After` seconds between two polls. An ended job can be read until its `expires_at`.
"""
of_job = partial(api.Operation, parameters=(api.path_id("job_id", "The job's id."),), errors=api.UNKNOWN_JOB)
TIME: api.Schema = {"type": "string", "format": "date-time"}
FILTERS = (
    api.parameter("query", "status", "Return only jobs with this status.", {"enum": list(Status)}),
    api.parameter("query", "type", "Return only jobs of this type.", {"type": "string"}, "text_statistics"),
    api.parameter(
        "query", "error_code", "Return only jobs that failed with this code.", {"type": "string"}, "timeout"
    ),
    api.parameter("query", "flow", "Return only jobs of this flow.", {"type": "string"}, "renderer"),
    api.parameter("query", "created_after", "Return only jobs created at this time or later.", TIME),
    api.parameter("query", "created_before", "Return only jobs created before this time.", TIME),
    api.parameter(
        "query",
        "metadata",
        "Return only jobs with these metadata, such as `metadata[order]=6735`.",
        {"type": "object", "additionalProperties": {"type": "string"}},
    )
    | {"style": "deepObject", "explode": True},
    *api.paging(
        "The number of jobs to read. The filters apply to these, so a page can be short or empty.",
        {"type": "string"},
    ),
    api.parameter(
        "query",
        "ids",
        "The ids of 1 to 100 jobs, separated by commas. No other parameter can be given with it.",
        {"type": "array", "items": api.UUID, "minItems": 1, "maxItems": MAX_PAGE},
    )
    | {"style": "form", "explode": False},
)
RESPONSES = (
    responses.Job,
    responses.AcceptedJob,
    responses.ExistingJob,
    responses.JobList,
    responses.BatchOutcome,
    responses.DownloadUrl,
    responses.DefaultCallback,
    responses.Credits,
    responses.Ledger,
    history_responses.ExecutionList,
    history_responses.DeliveryList,
    responses.Upload,
    schedule_responses.ScheduleAndRuns,
    schedule_responses.ScheduleList,
    flow_responses.FlowUsage,
    flow_responses.FlowList,
    responses.Health,
    Problem,
)
ACCEPTED = api.accepted_answer("AcceptedJob")
DEFAULT_CALLBACK = api.Answer("The default callback.", api.ref("DefaultCallback"))
SHOWN = api.shown_answer("Job")
# Client generators ignore this and make both optional. They cannot handle a `oneOf` here.
RESULT_OR_URL: api.Schema = {
    "if": {"required": ["result"]},
    "then": {"properties": {"result_url": False}},
    "else": {"required": ["result_url"]},
}

OPERATIONS: api.Operations = {
    canonical.submit_job: api.Operation(
        summary="Submit a job",
        description="After a 202 response the job will run to its end. After 503 `unavailable` it was not "
        "accepted. After 503 `outcome_unknown` it may have been: retry with the same `Idempotency-Key` to "
        "find out.",
        parameters=api.ASKED_WITH,
        body=api.ref("Submission"),
        answers={
            200: api.accepted_answer(
                "ExistingJob", "Another job has the `unique_key`, and `on_duplicate` is `existing`."
            ),
            202: ACCEPTED,
        },
        errors=api.SUBMISSION,
    ),
    canonical.submit_batch: api.Operation(
        summary="Submit many jobs",
        description="Each job is a submission of its own: some can be accepted and others refused. The "
        "response has the status of each, in the order of the request. Each counts as a request of your "
        "limit. The `Idempotency-Key` gives each job a key of its own, so a repeat submits only the jobs "
        "that were not accepted.",
        parameters=api.ASKED_WITH,
        body=api.ref("Batch"),
        answers={
            200: api.Answer(
                "The outcome of each job. `Retry-After` is the shortest of the accepted jobs. "
                "`Idempotent-Replayed` is sent if an earlier request has submitted all of these.",
                api.ref("BatchOutcome"),
                headers={"Retry-After": False, "Idempotent-Replayed": False},
            )
        },
        errors=(*api.UNREADABLE, errors.InvalidIdempotencyKey, errors.InvalidFields),
    ),
    canonical.get_job: of_job(
        summary="Get a job",
        description="Poll until `status` is `completed` or `failed`. Wait `Retry-After` seconds before each "
        "poll.",
        answers={200: SHOWN},
    ),
    canonical.get_result: of_job(
        summary="Get a job's result",
        description="Returns the result alone, of any size.",
        parameters=(
            api.path_id("job_id", "The job's id."),
            REDIRECT,
        ),
        answers={
            200: api.Answer(
                "The result, or its URL.", {"anyOf": [api.ref("Result"), api.ref("DownloadUrl")]}
            ),
            303: api.Answer(
                "The result is larger than 256 KiB. Get it from `Location`, which needs no API "
                "key and is valid for a few minutes.",
                headers={"Location": True},
            ),
        },
        errors=(*api.UNKNOWN_JOB, errors.InvalidFields, errors.JobNotEnded, errors.JobFailed),
    ),
    canonical.list_jobs: api.Operation(
        summary="List jobs",
        description="Lists your organisation's jobs, newest first, without their results. With "
        "`status=failed` or an `error_code`, jobs are in the order of their ends, last first, and no other "
        "jobs are read. With `ids` it returns these jobs, in their order, with results of up to 4 KiB: one "
        "request polls many jobs.",
        parameters=FILTERS,
        answers={
            200: api.Answer(
                "A page of jobs. With `ids`, `Retry-After` is the shortest of those that have not ended.",
                api.ref("JobList"),
                headers={"Retry-After": False},
            )
        },
        errors=(errors.InvalidFields,),
    ),
    canonical.list_executions: of_job(
        summary="List a job's executions",
        description="Lists the job's runs on workers, and the outcome of each.",
        answers={200: api.Answer("The executions.", api.ref("ExecutionList"))},
    ),
    canonical.cancel_job: of_job(
        summary="Cancel a job",
        description="A waiting job fails at once with `error.code` `cancelled`. For a running job the cancel "
        "is recorded in `cancel_requested_at`, and the job fails with `cancelled` unless it finishes first. "
        "Cancelling again changes nothing.",
        answers={
            202: api.Answer(
                "The job is cancelled, or its `cancel_requested_at` is set.",
                api.ref("Job"),
                headers={"Retry-After": False},
            )
        },
        errors=(*api.UNKNOWN_JOB, errors.JobEnded),
    ),
    canonical.retry_job: of_job(
        summary="Retry a failed job",
        description="Submits the job again: a new job with the same input, metadata and callback, whose "
        "deadline is as long. The newest version of the job type checks the input; `invalid_fields` points "
        "into the submission. Credits are charged again. Repeating the request returns the same new job, as "
        "it is then.",
        answers={
            202: api.Answer(
                "The new job. Its result is not shown here.",
                api.ref("Job"),
                {"Location": True, "Retry-After": False, "Idempotent-Replayed": False},
            )
        },
        errors=(
            *api.UNKNOWN_JOB,
            errors.JobNotFailed,
            errors.InputNotKept,
            errors.JobExpired,
            errors.DuplicateJob,
            errors.InvalidFields,
            errors.InsufficientCredits,
            errors.DailyLimitReached,
            errors.FlowFull,
            errors.OutcomeUnknown,
        ),
    ),
    canonical.list_deliveries: of_job(
        summary="List a job's deliveries",
        description="Lists the tries to send the callback, and the receiver's response to each.",
        answers={200: api.Answer("The deliveries.", api.ref("DeliveryList"))},
    ),
    canonical.redeliver: of_job(
        summary="Resend the callback",
        description="Sends the callback again at once, with new retries, even if it was delivered. Possible "
        "until the job's `expires_at`.",
        answers={202: api.Answer("The callback will be sent. The result is not shown here.", api.ref("Job"))},
        errors=(*api.UNKNOWN_JOB, errors.JobNotEnded, errors.NoCallback),
    ),
    **FILE_OPERATIONS,
    canonical.start_bulk: api.Operation(
        summary="Cancel or retry many jobs",
        description="Submits a job of the type `bulk`, which finds your organisation's jobs that were "
        "created before it, and cancels or retries each one. Poll it for its progress and its numbers. Jobs "
        "of the last moment can be missed. Cancelling it stops it; it undoes nothing.",
        parameters=api.ASKED_WITH,
        body=api.ref("BulkInput"),
        answers={202: api.accepted_answer("AcceptedJob")},
        errors=tuple(
            each for each in api.SUBMISSION if each not in (errors.InsufficientCredits, errors.PlanRequired)
        ),
    ),
    **SCHEDULE_OPERATIONS,
    canonical.put_default_callback: api.Operation(
        summary="Store the default callback",
        description="Calls a URL for each job of your organisation that has no callback of its own or of its "
        "schedule. Applies to jobs that are submitted from a minute later on. Each delivery goes to the URL "
        "that is stored then.",
        body=api.ref("DefaultCallbackDefinition"),
        answers={200: DEFAULT_CALLBACK},
        errors=(*api.UNREADABLE, errors.InvalidFields),
    ),
    canonical.get_default_callback: api.Operation(
        summary="Get the default callback",
        description="Returns the callback of jobs that have none of their own.",
        answers={200: DEFAULT_CALLBACK},
        errors=(errors.DefaultCallbackNotFound,),
    ),
    canonical.delete_default_callback: api.Operation(
        summary="Delete the default callback",
        description="Gives up the pending deliveries to it, too.",
        answers={204: api.Answer("The default callback is deleted.")},
        errors=(errors.DefaultCallbackNotFound,),
    ),
    **FLOW_OPERATIONS,
    canonical.get_credits: api.Operation(
        summary="Get your credits",
        description="Returns the credits of your organisation, which jobs with a price are charged to.",
        answers={200: api.Answer("The credits.", api.ref("Credits"))},
    ),
    canonical.list_movements: api.Operation(
        summary="List the movements of your credits",
        description="Lists what was added, charged and refunded, newest first.",
        parameters=api.paging("The page size.", {"type": "string"}),
        answers={200: api.Answer("A page of the ledger.", api.ref("Ledger"))},
        errors=(errors.InvalidFields,),
    ),
    canonical.get_openapi: api.Operation(
        summary="Get this document",
        description="Returns the OpenAPI 3.1 description of this API. Needs no API key.",
        parameters=(
            api.parameter("header", "If-None-Match", "The `ETag` of your copy.", {"type": "string"}),
        ),
        answers={
            200: api.Answer("An OpenAPI document.", {"type": "object"}, {"ETag": True}),
            304: api.Answer("Your copy is still the same.", headers={"ETag": True}),
        },
        errors=(errors.InternalError,),
    ),
    canonical.get_health: api.Operation(
        summary="Check that the API responds",
        description="Needs no API key and reads nothing.",
        answers={200: api.Answer("The API responds.", api.ref("Health"))},
    ),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> api.Reference:
    shapes = response_schemas(*RESPONSES) | job_type_schemas(catalog) | schedule_schemas(catalog)
    shapes |= input_schemas("BulkInput", BULK.input) | input_schemas("RequestUpload", RequestUpload)
    shapes |= input_schemas("Batch", SubmitBatch)
    shapes["Batch"]["properties"]["jobs"]["items"] = api.ref("Submission")
    shapes |= input_schemas("DefaultCallbackDefinition", PutDefaultCallback)
    shapes |= input_schemas("FlowDefinition", PutFlow)
    shapes["CompletedJob"]["properties"]["result"] = api.ref("Result")
    shapes["CompletedJob"] |= RESULT_OR_URL
    return api.Reference(
        tag="Jobs",
        description=DESCRIPTION,
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={"bearer": api.bearer("<API key>"), "api_key": api.key_header("The same API key.")},
        problem=lambda status, codes: narrowed(
            shapes["Problem"], {"status": {"const": status}, "code": {"enum": codes}}
        ),
    )


def submission(job_type: JobType) -> api.Operation:
    return replace(
        OPERATIONS[canonical.submit_job],
        id=f"submit_{job_type.name}",
        summary=f"Submit a {job_type.name} job",
        body=None,
        answers={202: ACCEPTED},
    )
