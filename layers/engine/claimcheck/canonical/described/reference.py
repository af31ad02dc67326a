"""The description of the canonical dialect."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.canonical import endpoints as canonical
from claimcheck.canonical.described import flow_responses, history_responses, responses, schedule_responses
from claimcheck.canonical.described.catalog_schemas import job_type_schemas
from claimcheck.canonical.described.flow_reference import FLOW_OPERATIONS
from claimcheck.canonical.described.schedule_reference import SCHEDULE_OPERATIONS
from claimcheck.canonical.described.schedule_schemas import schedule_schemas
from claimcheck.canonical.flow_requests import PutFlow
from claimcheck.domain import errors
from claimcheck.domain.job import Status
from claimcheck.http.responses import Problem
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import input_schemas, narrowed, response_schemas

DESCRIPTION = """\
A job goes from `pending` to `processing` to `completed` or `failed`, and never back. Poll it, and wait
`Retry-After` seconds between two polls. An ended job can be read until its `expires_at`.
"""
of_job = partial(api.Operation, parameters=(api.path_id("job_id", "The job's id."),), errors=api.UNKNOWN_JOB)
FILTERS = (
    api.parameter("query", "status", "Return only jobs with this status.", {"enum": list(Status)}),
    api.parameter("query", "type", "Return only jobs of this type.", {"type": "string"}, "text_statistics"),
    *api.paging("The number of jobs to read. The filters apply to these, so a page can be short or empty."),
)
RESPONSES = (
    responses.Job,
    responses.AcceptedJob,
    responses.JobList,
    responses.ResultUrl,
    history_responses.ExecutionList,
    history_responses.DeliveryList,
    schedule_responses.ScheduleList,
    flow_responses.FlowUsage,
    flow_responses.FlowList,
    responses.Health,
    Problem,
)
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
        answers={202: api.accepted_answer("AcceptedJob")},
        errors=api.SUBMISSION,
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
            api.parameter(
                "query",
                "redirect",
                "With `false`, the URL of a result over 256 KiB is returned in JSON, for clients that would "
                "send `Authorization` on to the target of a redirect.",
                {"type": "boolean", "default": True},
            ),
        ),
        answers={
            200: api.Answer("The result, or its URL.", {"anyOf": [api.ref("Result"), api.ref("ResultUrl")]}),
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
        description="Lists your organisation's jobs, newest first, without their results.",
        parameters=FILTERS,
        answers={200: api.Answer("A page of jobs.", api.ref("JobList"))},
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
    **SCHEDULE_OPERATIONS,
    **FLOW_OPERATIONS,
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
    )
