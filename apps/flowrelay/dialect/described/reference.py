"""FlowRelay's part of the API description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.flowrelay.dialect import artifacts
from apps.flowrelay.dialect.described import responses
from claimcheck.domain import errors
from claimcheck.http import submissions as endpoints
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.http.responses import JOB_ID as SAMPLE_ID
from claimcheck.openapi.models import narrowed, response_schemas, results_of, versions_of
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
FlowRelay's contract. A request that generates something returns a `jobId` at once. The job goes from
`pending` to `processing` to `completed` or `failed`. Poll it every 2 seconds, as `Retry-After` says, and not
more than once a second: each poll counts against the rate limit.
"""
PAGING: tuple[Schema, ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "The maximum number of rows to return.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the previous page.",
        "schema": {"type": "string", "format": "uuid"},
    },
)
SHOWN = shown_answer("FlowRelayJob", "The job and its result.")


def _path_id(name: str, description: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "format": "uuid"},
        "example": SAMPLE_ID,
    }


def _list(kind: str) -> Operation:
    return Operation(
        id=f"list_{kind}s",
        summary=f"List {kind}s",
        description=f"Your organisation's completed {kind}s, newest first, until they expire. Read one by "
        "its id to get its content. A request reads a limited number of your jobs, so a page can have fewer "
        "rows than `limit`.",
        parameters=PAGING,
        answers={
            200: Answer(description=f"A page of {kind}s.", schema=ref(f"FlowRelay{kind.capitalize()}s"))
        },
        errors=(errors.InvalidFields,),
    )


def _get(kind: str) -> Operation:
    return Operation(
        id=f"get_{kind}",
        summary=f"Read one {kind}",
        description=f"The {kind} with its content.",
        parameters=(_path_id(f"{kind}_id", "The `result_id` of its job."),),
        answers={200: Answer(description=f"The {kind}.", schema=ref("FlowRelayArtifact"))},
        errors=(errors.MalformedJobId, errors.DocumentNotFound),
    )


OPERATIONS: Mapping[Endpoint, Operation] = {
    endpoints.show_job: Operation(
        id="get_generation",
        summary="Poll a job",
        description="Poll this until `status` is `completed` or `failed`.",
        parameters=(_path_id("job_id", "The job's id."),),
        answers={200: SHOWN},
        errors=UNKNOWN_JOB,
    ),
    artifacts.list_handoffs: _list("handoff"),
    artifacts.get_handoff: _get("handoff"),
    artifacts.list_insights: _list("insight"),
    artifacts.get_insight: _get("insight"),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    shapes = response_schemas(
        responses.FlowRelayAccepted,
        responses.FlowRelayJob,
        responses.FlowRelayLargeResult,
        responses.FlowRelayArtifact,
        responses.FlowRelayHandoffs,
        responses.FlowRelayInsights,
        responses.FlowRelayError,
    )
    results = results_of(versions_of(submitted, catalog), catalog)
    result = {"anyOf": [*(ref(name) for name in results), ref("FlowRelayLargeResult")]}
    for name in ("FlowRelayCompleted", "FlowRelayArtifact"):
        shapes[name]["properties"]["result"] = result
    for parts in results.values():
        shapes |= parts
    return Reference(
        tag="FlowRelay",
        description=DESCRIPTION,
        prefix="FlowRelay",
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={
            "flowrelay": {
                "type": "http",
                "scheme": "bearer",
                "description": "`Authorization: Bearer flr_live_...`",
            }
        },
        problem=lambda status, codes: narrowed(shapes["FlowRelayError"], {"error_code": {"enum": codes}}),
    )


def submission(job_type: JobType) -> Operation:
    return Operation(
        id=f"generate_{job_type.name}",
        summary=job_type.summary.rstrip("."),
        description="Returns the `jobId` of the job that generates it.",
        parameters=ASKED_WITH,
        answers={202: accepted_answer("FlowRelayAccepted")},
        errors=SUBMISSION,
    )
