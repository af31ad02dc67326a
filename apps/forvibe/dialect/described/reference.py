"""Forvibe's part of the API description."""

from collections.abc import Callable, Mapping
from functools import partial

from apps.forvibe import dialect as forvibe
from apps.forvibe.dialect.described import catalog_schemas, responses
from apps.forvibe.dialect.listings import PROJECT_ID
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.http.contract import Call, Response
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.http.responses import JOB_ID as SAMPLE_ID
from claimcheck.http.submissions import show_job
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

DESCRIPTION = """\
Forvibe's contract. A job is accepted with 202. Poll it after 5 seconds, then every 3 to 5 seconds, until
`status` is `completed` or `failed`. Each poll counts as one request. Credits are charged when the job is
accepted and refunded if it fails.
"""


def _in_path(name: str, schema: Schema, example: str, **described: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example, **described}


JOB_ID = _in_path("job_id", {"type": "string", "format": "uuid"}, SAMPLE_ID, description="The job's id.")
PROJECT = _in_path(
    "project_id",
    {"type": "string", "pattern": f"^{PROJECT_ID.pattern}$"},
    "trail-ledger",
    description="The project's id. You choose it.",
)
PAGING: tuple[Schema, ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "The number of movements to return.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the previous page.",
        "schema": {"type": "string"},
    },
)
SHOWN = shown_answer("ForvibeJob")
RESPONSES = (
    responses.ForvibeAccepted,
    responses.ForvibeJob,
    responses.ForvibeElsewhere,
    responses.ForvibeListings,
    responses.ForvibeCredits,
    responses.ForvibeLedger,
    responses.ForvibeProblem,
)


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    shapes = shapes_of(catalog, submitted)
    return Reference(
        tag="Forvibe",
        description=DESCRIPTION,
        prefix="Forvibe",
        operations=operations(catalog),
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={
            "forvibe": {
                "type": "http",
                "scheme": "bearer",
                "description": "`Authorization: Bearer fvk_live_...`",
            }
        },
        problem=partial(problem, shapes),
    )


def shapes_of(catalog: Catalog, submitted: Mapping[str, JobType]) -> dict[str, Schema]:
    shapes = response_schemas(*RESPONSES) | catalog_schemas.result_schemas(catalog, submitted)
    shapes["ForvibeCompletedJob"]["properties"]["result"] = catalog_schemas.unified_results(
        catalog, submitted
    )
    shapes["ForvibeWrongField"] = shapes.pop("WrongField") | {"title": "ForvibeWrongField"}
    shapes["ForvibeProblem"]["properties"]["errors"]["items"] = ref("ForvibeWrongField")
    shapes |= catalog_schemas.simulation_schemas(catalog, submitted, shapes)
    return shapes | catalog_schemas.listing_schemas(catalog) | catalog_schemas.body_schemas(submitted)


def operations(catalog: Catalog) -> dict[Callable[[Call], Response], Operation]:
    locale = _in_path("locale", catalog_schemas.locale_schema(catalog), "en-US")
    listing = Answer(description="The stored listing.", schema=ref("ForvibeListing"))
    return {
        show_job: Operation(
            id="get_forvibe_job",
            summary="Poll a job",
            description="For a review simulation, `result` has the overall summary and the metadata review. "
            "Read the full result at `/api/v1/simulations/{job_id}`.",
            parameters=(JOB_ID,),
            answers={200: SHOWN},
            errors=UNKNOWN_JOB,
        ),
        forvibe.get_simulation: Operation(
            id="get_forvibe_simulation",
            summary="Read a review simulation",
            description="The job with its full result. `codebase_review` and `combined_findings` are also "
            "at the top level. Jobs of other types are not found here.",
            parameters=(JOB_ID,),
            answers={200: shown_answer("ForvibeSimulation", "The current state of the simulation.")},
            errors=UNKNOWN_JOB,
        ),
        forvibe.put_listing: Operation(
            id="put_forvibe_listing",
            summary="Store a listing",
            description="Store a project's App Store page in one locale, at most 256 KiB. It replaces the "
            "stored listing. A job that is submitted without a listing uses the listings that are stored "
            "when it is accepted.",
            parameters=(PROJECT, locale),
            body=ref("ForvibeListing"),
            answers={200: listing},
            errors=(
                errors.MalformedJson,
                errors.BodyTooLarge,
                errors.UnsupportedMediaType,
                errors.InvalidFields,
            ),
        ),
        forvibe.list_listings: Operation(
            id="list_forvibe_listings",
            summary="List a project's listings",
            description="The locales that are stored.",
            parameters=(PROJECT,),
            answers={200: Answer(description="The listings.", schema=ref("ForvibeListings"))},
            errors=(errors.InvalidFields,),
        ),
        forvibe.get_listing: Operation(
            id="get_forvibe_listing",
            summary="Read a stored listing",
            description="The listing as last stored.",
            parameters=(PROJECT, locale),
            answers={200: listing},
            errors=(errors.DocumentNotFound, errors.InvalidFields),
        ),
        forvibe.get_credits: Operation(
            id="get_forvibe_credits",
            summary="Read the credit balance",
            description="The credits of your organisation.",
            answers={200: Answer(description="The credits.", schema=ref("ForvibeCredits"))},
        ),
        forvibe.list_ledger: Operation(
            id="list_forvibe_ledger",
            summary="Read the ledger",
            description="All movements of your organisation's credits, each with its job.",
            parameters=PAGING,
            answers={200: Answer(description="A page of movements.", schema=ref("ForvibeLedger"))},
            errors=(errors.InvalidFields,),
        ),
    }


def submission(job_type: JobType) -> Operation:
    possible: dict[type[errors.ClaimcheckError], bool] = {
        errors.InsufficientCredits: job_type.price is not None,
        errors.PlanRequired: job_type.paid_plan,
    }
    return Operation(
        id=f"create_forvibe_{job_type.name}",
        summary=job_type.summary,
        description="A 202 means that the job is stored and will be completed or failed. Without a listing "
        "in the body, the job uses the project's stored listings.",
        parameters=ASKED_WITH,
        body=ref(catalog_schemas.body_name(job_type)),
        answers={202: accepted_answer("ForvibeAccepted")},
        errors=tuple(kind for kind in SUBMISSION if possible.get(kind, True)),
    )


def problem(shapes: Mapping[str, Schema], status: int, codes: list[str]) -> Schema:
    shape = narrowed(shapes["ForvibeProblem"], {"status": {"const": status}, "code": {"enum": codes}})
    error = narrowed(shapes["ForvibeError"], {"code": shape["properties"]["code"]})
    rest = {key: value for key, value in error.items() if key not in ("title", "examples")}
    return shape | {"properties": shape["properties"] | {"error": rest}}
