"""The OpenAPI description of the deepidv dialect."""

from collections.abc import Mapping

from apps.deepidv import dialect as deepidv
from apps.deepidv.dialect.described import responses
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import narrowed, response_schemas, results_of, versions_of

DESCRIPTION = """\
deepidv's async jobs. An endpoint starts a job and returns a `jobId`. Poll the job until `status` is
`ready` or `failed`. Fetch the result promptly: jobs expire, and an expired job is 404.
"""
JOB_ID = api.path_id("jobId", "The job ID returned by the creating endpoint.", responses.JOB_ID)
SHOWN = api.shown_answer("AsyncJob")
GET_ASYNC_JOB = api.Operation(
    id="get_async_job",
    summary="Get async job",
    description="Returns the current state of an async job, as a union on `status`.",
    parameters=(JOB_ID,),
    answers={200: SHOWN},
    errors=(errors.MalformedJobId, deepidv.ForeignJob, errors.JobNotFound),
)


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> api.Reference:
    shapes = response_schemas(responses.AsyncJob, responses.AsyncJobResultElsewhere, responses.DeepidvError)
    results, parts = results_of(versions_of(submitted, catalog), catalog)
    result = {"anyOf": [*results, api.ref("AsyncJobResultElsewhere")]}
    shapes["ReadyAsyncJob"] = narrowed(shapes["ReadyAsyncJob"], {"result": result})
    return api.Reference(
        tag="deepidv",
        description=DESCRIPTION,
        prefix="Deepidv",
        operations={deepidv.get_async_job: GET_ASYNC_JOB},
        shown=SHOWN,
        submission=submission,
        schemas=shapes | parts,
        security={"deepidv_key": api.key_header("The API key. This contract reads no other header for it.")},
        problem=lambda status, codes: narrowed(shapes["DeepidvError"], {"code": {"enum": codes}}),
    )


def submission(job_type: JobType) -> api.Operation:
    return api.Operation(
        id=f"create_{job_type.name}",
        summary=job_type.summary,
        description="Starts the job and returns its `jobId` at once. Poll it with that.",
        parameters=api.ASKED_WITH,
        answers={202: api.accepted_answer("PendingAsyncJob")},
        errors=api.SUBMISSION,
    )
