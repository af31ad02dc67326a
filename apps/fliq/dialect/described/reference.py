"""The OpenAPI description of the Fliq dialect."""

from collections.abc import Mapping
from functools import partial

from apps.fliq import dialect as fliq
from apps.fliq.dialect.described import responses
from apps.fliq.dialect.requests import Schedule, names_of
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import (
    body_of,
    input_schemas,
    narrowed,
    response_schemas,
    results_of,
    type_name,
    versions_of,
)

DESCRIPTION = """\
Fliq's contract. A request is sent at its time, never earlier. It is retried up to `max_retries` times.
Its headers and body are never shown, because they can have credentials. Lists show its URL without secrets.
"""
of_job = partial(
    api.Operation, parameters=(api.path_id("job_id", "The ID of the job."),), errors=api.UNKNOWN_JOB
)
SHOWN = api.shown_answer("FliqJob")

OPERATIONS: api.Operations = {
    fliq.list_jobs: api.Operation(
        id="list_scheduled_jobs",
        summary="List scheduled jobs",
        description="Returns the jobs that were submitted in this contract, newest first, each with its URL. "
        "Failed jobs alone are in the order of their ends, last first.",
        parameters=(
            api.parameter("query", "status", "Return only these.", {"enum": list(fliq.STATUSES)}),
            *api.paging("The number of jobs to read. A page can be shorter, or empty.", {"type": "string"}),
        ),
        answers={200: api.Answer("A page of jobs.", api.ref("FliqJobs"))},
        errors=(errors.InvalidFields,),
    ),
    fliq.get_job: of_job(
        id="get_scheduled_job",
        summary="Read a scheduled job",
        description="Returns the status of the job and its result or error.",
        answers={200: SHOWN},
    ),
    fliq.list_executions: of_job(
        id="list_fires",
        summary="List a scheduled job's executions",
        description="Returns the executions of the job, newest first. Each sent the request once.",
        answers={200: api.Answer("The executions.", api.ref("FliqExecutions"))},
    ),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> api.Reference:
    shapes = response_schemas(
        responses.FliqJob,
        responses.FliqLargeResult,
        responses.FliqExecutions,
        responses.FliqJobs,
        responses.FliqError,
    )
    # The paths show jobs of every type. The dialect's own types come first, for the examples.
    own = versions_of(submitted, catalog)
    own_first = sorted(catalog.versions, key=lambda job_type: job_type not in own)
    results, parts = results_of(own_first, catalog)
    shapes["FliqDoneJob"]["properties"]["result"] = {"anyOf": [*results, api.ref("FliqLargeResult")]}
    shapes |= parts
    for path, job_type in submitted.items():
        shapes |= _body(job_type, path)
    return api.Reference(
        tag="Fliq",
        description=DESCRIPTION,
        prefix="Fliq",
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={"fliq": api.bearer("fliq_sk_...")},
        problem=partial(problem, shapes),
    )


def _body(job_type: JobType, endpoint: str) -> dict[str, api.Schema]:
    """Return the schemas of a submission's body, with the published names and the fields of `Schedule`."""
    name, names = body_name(job_type), names_of(job_type)
    shapes = body_of(name, job_type, endpoint)
    shape = shapes[name]
    shapes[name] = shape | {
        "properties": {names.get(field, field): schema for field, schema in shape["properties"].items()}
        | input_schemas("Schedule", Schedule)["Schedule"]["properties"],
        "required": [names.get(field, field) for field in shape["required"]],
    }
    return shapes


def body_name(job_type: JobType) -> str:
    return f"Fliq{type_name(job_type)}"


def submission(job_type: JobType) -> api.Operation:
    return api.Operation(
        id=f"schedule_{job_type.name}",
        summary=job_type.summary.rstrip("."),
        description="Sends the request at `scheduled_at`, or at once.",
        parameters=api.ASKED_WITH,
        body=api.ref(body_name(job_type)),
        answers={202: api.accepted_answer("FliqScheduledJob")},
        errors=api.SUBMISSION,
    )


def problem(shapes: Mapping[str, api.Schema], status: int, codes: list[str]) -> api.Schema:
    error = narrowed(shapes["FliqErrorBody"], {"code": {"enum": codes}})
    return shapes["FliqError"] | {"properties": {"error": error}}
