"""The OpenAPI description of the deepidv dialect."""

from collections.abc import Mapping

from apps.deepidv import dialect as deepidv
from apps.deepidv.dialect.described import responses
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.openapi.models import narrowed, response_schemas, results_of, versions_of
from claimcheck.openapi.reference import (
    ASKED_WITH,
    SUBMISSION,
    Operation,
    Reference,
    Schema,
    accepted_answer,
    ref,
    shown_answer,
)

DESCRIPTION = """\
deepidv's async jobs. An endpoint starts a job and returns a `jobId`. Poll the job until `status` is
`ready` or `failed`. Fetch the result promptly: jobs expire, and an expired job is 404.
"""
JOB_ID: Schema = {
    "name": "jobId",
    "in": "path",
    "required": True,
    "description": "The job ID returned by the creating endpoint.",
    "schema": {"type": "string", "format": "uuid"},
    "example": responses.JOB_ID,
}
SHOWN = shown_answer("AsyncJob")
GET_ASYNC_JOB = Operation(
    id="get_async_job",
    summary="Get async job",
    description="Returns the current state of an async job, as a union on `status`.",
    parameters=(JOB_ID,),
    answers={200: SHOWN},
    errors=(errors.MalformedJobId, deepidv.ForeignJob, errors.JobNotFound),
)


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    shapes = response_schemas(responses.AsyncJob, responses.AsyncJobResultElsewhere, responses.DeepidvError)
    results = results_of(versions_of(submitted, catalog), catalog)
    members = [*map(ref, results), ref("AsyncJobResultElsewhere")]
    shapes["ReadyAsyncJob"] = narrowed(shapes["ReadyAsyncJob"], {"result": {"anyOf": members}})
    for parts in results.values():
        shapes |= parts
    return Reference(
        tag="deepidv",
        description=DESCRIPTION,
        prefix="Deepidv",
        operations={deepidv.get_async_job: GET_ASYNC_JOB},
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={
            "deepidv_key": {
                "type": "apiKey",
                "in": "header",
                "name": "x-api-key",
                "description": "The API key. This contract reads no other header for it.",
            }
        },
        problem=lambda status, codes: narrowed(shapes["DeepidvError"], {"code": {"enum": codes}}),
    )


def submission(job_type: JobType) -> Operation:
    return Operation(
        id=f"create_{job_type.name}",
        summary=job_type.summary,
        description="Starts the job and returns its `jobId` at once. Poll it with that.",
        parameters=ASKED_WITH,
        answers={202: accepted_answer("PendingAsyncJob")},
        errors=SUBMISSION,
    )
