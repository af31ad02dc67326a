"""The OpenAPI description of the Fliq dialect."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from apps.fliq import dialect as fliq
from apps.fliq.dialect.described import responses
from apps.fliq.dialect.requests import Schedule, names_of
from claimcheck.http.responses import JOB_ID as SAMPLE_ID
from claimcheck.openapi.models import (
    input_schemas,
    narrowed,
    response_schemas,
    results_of,
    type_name,
    versions_of,
)
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.http.contract import Endpoint

DESCRIPTION = """\
Fliq's contract. A request is sent at its time, never earlier. It is retried up to `max_retries` times.
Its URL, headers and body are never shown, because they can have credentials.
"""
JOB_ID: Schema = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "description": "The ID of the job.",
    "schema": {"type": "string", "format": "uuid"},
    "example": SAMPLE_ID,
}
SHOWN = shown_answer("FliqJob")

OPERATIONS: Mapping[Endpoint, Operation] = {
    fliq.get_job: Operation(
        id="get_scheduled_job",
        summary="Read a scheduled job",
        description="Returns the status of the job and its result or error.",
        parameters=(JOB_ID,),
        answers={200: SHOWN},
        errors=UNKNOWN_JOB,
    ),
    fliq.list_executions: Operation(
        id="list_fires",
        summary="List a scheduled job's executions",
        description="Returns the executions of the job, newest first. Each sent the request once.",
        parameters=(JOB_ID,),
        answers={200: Answer(description="The executions.", schema=ref("FliqExecutions"))},
        errors=UNKNOWN_JOB,
    ),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    shapes = response_schemas(
        responses.FliqJob, responses.FliqLargeResult, responses.FliqExecutions, responses.FliqError
    )
    # The paths show jobs of every type. The dialect's own types come first, for the examples.
    own = versions_of(submitted, catalog)
    own_first = sorted(catalog.versions, key=lambda job_type: job_type not in own)
    results = results_of(own_first, catalog)
    members = [*(ref(name) for name in results), ref("FliqLargeResult")]
    shapes["FliqDoneJob"]["properties"]["result"] = {"anyOf": members}
    for parts in (*results.values(), *(_body(job_type, path) for path, job_type in submitted.items())):
        shapes |= parts
    return Reference(
        tag="Fliq",
        description=DESCRIPTION,
        prefix="Fliq",
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={
            "fliq": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer fliq_sk_...`"}
        },
        problem=partial(problem, shapes),
    )


def _body(job_type: JobType, endpoint: str) -> dict[str, Schema]:
    """Return the schemas of a submission's body: the input without the fields in the path, and `Schedule`."""
    name, names = body_name(job_type), names_of(job_type)
    shapes = input_schemas(name, job_type.input)
    shape = shapes[name]
    fields = {
        field: schema for field, schema in shape["properties"].items() if f"{{{field}}}" not in endpoint
    }
    shapes[name] = shape | {
        "properties": {names.get(field, field): schema for field, schema in fields.items()}
        | input_schemas("Schedule", Schedule)["Schedule"]["properties"],
        "required": [names.get(field, field) for field in shape.get("required", []) if field in fields],
    }
    return shapes


def body_name(job_type: JobType) -> str:
    return f"Fliq{type_name(job_type)}"


def submission(job_type: JobType) -> Operation:
    return Operation(
        id=f"schedule_{job_type.name}",
        summary=job_type.summary.rstrip("."),
        description="Sends the request at `scheduled_at`, or at once.",
        parameters=ASKED_WITH,
        body=ref(body_name(job_type)),
        answers={202: accepted_answer("FliqScheduledJob")},
        errors=SUBMISSION,
    )


def problem(shapes: Mapping[str, Schema], status: int, codes: list[str]) -> Schema:
    error = narrowed(shapes["FliqErrorBody"], {"code": {"enum": codes}})
    return shapes["FliqError"] | {"properties": {"error": error}}
