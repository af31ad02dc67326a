"""What the canonical dialect says of itself in the API's description."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from claimcheck.canonical import endpoints as canonical
from claimcheck.canonical.described import history_responses, responses, schedule_responses
from claimcheck.canonical.described.catalog_schemas import job_type_schemas
from claimcheck.canonical.described.schedule_reference import SCHEDULE_OPERATIONS
from claimcheck.canonical.described.schedule_schemas import schedule_schemas
from claimcheck.domain import errors
from claimcheck.domain.job import Status
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.http.responses import JOB_ID as SAMPLE_ID
from claimcheck.http.responses import Problem
from claimcheck.openapi.models import narrowed, response_schemas
from claimcheck.openapi.reference import (
    ASKED_WITH,
    SUBMISSION,
    UNKNOWN_JOB,
    Answer,
    Operation,
    Reference,
    Schema,
    accepted_answer,
    ref,
    shown_answer,
)
from claimcheck.service.reader import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.http.contract import Endpoint

DESCRIPTION = """\
Jobs go from `pending` to `processing` to `completed` or `failed`, and never back. Until a job has
ended, `Retry-After` says when to ask again. An ended job can be read until its `expires_at`.
"""
JOB_ID: Schema = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "description": "The job's id.",
    "schema": {"type": "string", "format": "uuid"},
    "example": SAMPLE_ID,
}
FILTERS: tuple[Schema, ...] = (
    {
        "name": "status",
        "in": "query",
        "description": "Only jobs that have this status now.",
        "schema": {"enum": list(Status)},
    },
    {
        "name": "type",
        "in": "query",
        "description": "Only jobs of this type.",
        "schema": {"type": "string"},
        "example": "text_statistics",
    },
    {
        "name": "limit",
        "in": "query",
        "description": "How many jobs to look at. Filters apply to those, so a page can have fewer or none.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the page before.",
        "schema": {"type": "string", "format": "uuid"},
    },
)
RESPONSES = (
    responses.Job,
    responses.AcceptedJob,
    responses.JobList,
    history_responses.ExecutionList,
    history_responses.DeliveryList,
    schedule_responses.ScheduleList,
    responses.Health,
    Problem,
)
SHOWN = shown_answer("Job")
# Generators of clients do not read this, and make both optional; they make nothing of a `oneOf` here.
RESULT_OR_URL: Schema = {
    "if": {"required": ["result"]},
    "then": {"properties": {"result_url": False}},
    "else": {"required": ["result_url"]},
}

OPERATIONS: Mapping[Endpoint, Operation] = {
    canonical.submit_job: Operation(
        id="submit_job",
        summary="Submit a job",
        description="The job is accepted once this is answered with 202, and will then reach its end. With "
        "503 `unavailable` it was not accepted; with 503 `outcome_unknown` it may have been, and repeating "
        "the request with the same `Idempotency-Key` settles it.",
        parameters=ASKED_WITH,
        body=ref("Submission"),
        answers={202: accepted_answer("AcceptedJob")},
        errors=SUBMISSION,
    ),
    canonical.get_job: Operation(
        id="get_job",
        summary="Read a job",
        description="Poll this until `status` is `completed` or `failed`, each time after `Retry-After`.",
        parameters=(JOB_ID,),
        answers={200: SHOWN},
        errors=UNKNOWN_JOB,
    ),
    canonical.get_result: Operation(
        id="get_result",
        summary="Read a job's result",
        description="The result alone, whatever its size.",
        parameters=(JOB_ID,),
        answers={
            200: Answer(description="The result.", schema=ref("Result")),
            303: Answer(
                description="The result has more than 256 KiB: it is at `Location`, which needs no API key "
                "and works for a few minutes.",
                headers={"Location": True},
            ),
        },
        errors=(*UNKNOWN_JOB, errors.JobNotEnded, errors.JobFailed),
    ),
    canonical.list_jobs: Operation(
        id="list_jobs",
        summary="List jobs",
        description="Your organisation's jobs, newest first, without their results.",
        parameters=FILTERS,
        answers={200: Answer(description="A page of jobs.", schema=ref("JobList"))},
        errors=(errors.InvalidFields,),
    ),
    canonical.list_executions: Operation(
        id="list_executions",
        summary="List a job's executions",
        description="Every time that a worker took the job up, and how that ended.",
        parameters=(JOB_ID,),
        answers={200: Answer(description="The executions.", schema=ref("ExecutionList"))},
        errors=UNKNOWN_JOB,
    ),
    canonical.cancel_job: Operation(
        id="cancel_job",
        summary="Cancel a job",
        description="A job that nobody works on fails at once, with `error.code` `cancelled`. A worker is "
        "told, and the job ends as `cancelled` unless the worker finishes first. Asking again changes "
        "nothing.",
        parameters=(JOB_ID,),
        answers={
            202: Answer(
                description="The job is cancelled, or has its `cancel_requested_at`.",
                schema=ref("Job"),
                headers={"Retry-After": False},
            )
        },
        errors=(*UNKNOWN_JOB, errors.JobEnded),
    ),
    canonical.list_deliveries: Operation(
        id="list_deliveries",
        summary="List a job's deliveries",
        description="Every time that its end was told to its `callback_url`, and what the receiver answered.",
        parameters=(JOB_ID,),
        answers={200: Answer(description="The deliveries.", schema=ref("DeliveryList"))},
        errors=UNKNOWN_JOB,
    ),
    canonical.redeliver: Operation(
        id="redeliver",
        summary="Tell a job's end once more",
        description="The callback is sent again, at once and if need be as often as the first time, whatever "
        "had become of it. Possible until the job's `expires_at`.",
        parameters=(JOB_ID,),
        answers={202: Answer(description="It will be sent. A result is not shown here.", schema=ref("Job"))},
        errors=(*UNKNOWN_JOB, errors.JobNotEnded, errors.NoCallback),
    ),
    **SCHEDULE_OPERATIONS,
    canonical.get_openapi: Operation(
        id="get_openapi",
        summary="This document",
        description="What this API does, in OpenAPI 3.1. Needs no API key.",
        answers={200: Answer(description="An OpenAPI document.", schema={"type": "object"})},
        errors=(errors.InternalError,),
    ),
    canonical.get_health: Operation(
        id="get_health",
        summary="Whether the API answers",
        description="Needs no API key, and reads nothing.",
        answers={200: Answer(description="It does.", schema=ref("Health"))},
    ),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    shapes = response_schemas(*RESPONSES) | job_type_schemas(catalog) | schedule_schemas(catalog)
    shapes["CompletedJob"]["properties"]["result"] = ref("Result")
    shapes["CompletedJob"] |= RESULT_OR_URL
    return Reference(
        tag="Jobs",
        description=DESCRIPTION,
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "`Authorization: Bearer <API key>`",
            },
            "api_key": {
                "type": "apiKey",
                "in": "header",
                "name": "x-api-key",
                "description": "The same key.",
            },
        },
        problem=lambda status, codes: narrowed(
            shapes["Problem"], {"status": {"const": status}, "code": {"enum": codes}}
        ),
    )


def submission(job_type: JobType) -> Operation:
    return replace(
        OPERATIONS[canonical.submit_job],
        id=f"submit_{job_type.name}",
        summary=f"Submit a job of the type {job_type.name}",
        body=None,
    )
