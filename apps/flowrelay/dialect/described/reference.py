"""FlowRelay's part of the API description."""

from collections.abc import Mapping

from apps.flowrelay import dialect as flowrelay
from apps.flowrelay.dialect.described import responses
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.http import submissions as endpoints
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import narrowed, response_schemas, results_of, versions_of

DESCRIPTION = """\
FlowRelay's contract. A request that generates something returns a `jobId` at once. The job goes from
`pending` to `processing` to `completed` or `failed`. Poll it every 2 seconds, as `Retry-After` says, and not
more than once a second: each poll counts against the rate limit.
"""
SHOWN = api.shown_answer("FlowRelayJob", "The job and its result.")


def _list(kind: str) -> api.Operation:
    return api.Operation(
        id=f"list_{kind}s",
        summary=f"List {kind}s",
        description=f"Your organisation's completed {kind}s, newest first, until they expire. Read one by "
        "its id to get its content. A request reads a limited number of your jobs, so a page can have fewer "
        "rows than `limit`.",
        parameters=api.paging("The maximum number of rows to return."),
        answers={200: api.Answer(f"A page of {kind}s.", api.ref(f"FlowRelay{kind.capitalize()}s"))},
        errors=(errors.InvalidFields,),
    )


def _get(kind: str) -> api.Operation:
    return api.Operation(
        id=f"get_{kind}",
        summary=f"Read one {kind}",
        description=f"The {kind} with its content.",
        parameters=(api.path_id(f"{kind}_id", "The `result_id` of its job."),),
        answers={200: api.Answer(f"The {kind}.", api.ref("FlowRelayArtifact"))},
        errors=(errors.MalformedJobId, errors.DocumentNotFound),
    )


OPERATIONS: api.Operations = {
    endpoints.show_job: api.Operation(
        id="get_generation",
        summary="Poll a job",
        description="Poll this until `status` is `completed` or `failed`.",
        parameters=(api.path_id("job_id", "The job's id."),),
        answers={200: SHOWN},
        errors=api.UNKNOWN_JOB,
    ),
    flowrelay.list_handoffs: _list("handoff"),
    flowrelay.get_handoff: _get("handoff"),
    flowrelay.list_insights: _list("insight"),
    flowrelay.get_insight: _get("insight"),
}


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> api.Reference:
    shapes = response_schemas(
        responses.FlowRelayAccepted,
        responses.FlowRelayJob,
        responses.FlowRelayLargeResult,
        responses.FlowRelayArtifact,
        responses.FlowRelayHandoffs,
        responses.FlowRelayInsights,
        responses.FlowRelayError,
    )
    results, parts = results_of(versions_of(submitted, catalog), catalog)
    for name in ("FlowRelayCompleted", "FlowRelayArtifact"):
        shapes[name]["properties"]["result"] = {"anyOf": [*results, api.ref("FlowRelayLargeResult")]}
    return api.Reference(
        tag="FlowRelay",
        description=DESCRIPTION,
        prefix="FlowRelay",
        operations=OPERATIONS,
        shown=SHOWN,
        submission=submission,
        schemas=shapes | parts,
        security={"flowrelay": api.bearer("flr_live_...")},
        problem=lambda status, codes: narrowed(shapes["FlowRelayError"], {"error_code": {"enum": codes}}),
    )


def submission(job_type: JobType) -> api.Operation:
    return api.Operation(
        id=f"generate_{job_type.name}",
        summary=job_type.summary.rstrip("."),
        description="Returns the `jobId` of the job that generates it.",
        parameters=api.ASKED_WITH,
        answers={202: api.accepted_answer("FlowRelayAccepted")},
        errors=api.SUBMISSION,
    )
