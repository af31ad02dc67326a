"""What the dialect says of itself in the API's description."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from apps.forvibe import dialect as forvibe
from apps.forvibe.dialect.described import catalog_schemas, responses
from apps.forvibe.dialect.listings import PROJECT_ID
from claimcheck.domain import errors
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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.http.contract import Endpoint

DESCRIPTION = """\
Forvibe's contract. A job is accepted with 202, polled 5 seconds later and then every 3 to 5 seconds,
until it is `completed` or `failed`; each poll counts as one request. Credits are taken with the job
and given back if it fails.
"""
JOB_ID: Schema = {
    "name": "job_id",
    "in": "path",
    "required": True,
    "description": "The job's id.",
    "schema": {"type": "string", "format": "uuid"},
    "example": SAMPLE_ID,
}
PROJECT: Schema = {
    "name": "project_id",
    "in": "path",
    "required": True,
    "description": "The project, by a name of your own.",
    "schema": {"type": "string", "pattern": f"^{PROJECT_ID.pattern}$"},
    "example": "trail-ledger",
}
PAGING: tuple[Schema, ...] = (
    {
        "name": "limit",
        "in": "query",
        "description": "How many movements to show.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT},
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the page before.",
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


def operations(catalog: Catalog) -> Mapping[Endpoint, Operation]:
    return _job_operations() | _listing_operations(catalog) | _credit_operations()


def _job_operations() -> dict[Endpoint, Operation]:
    return {
        show_job: Operation(
            id="get_forvibe_job",
            summary="Poll a job",
            description="Of a review simulation, `result` has the overall summary and the review of the "
            "metadata; the rest is at `/api/v1/simulations/{job_id}`.",
            parameters=(JOB_ID,),
            answers={200: SHOWN},
            errors=UNKNOWN_JOB,
        ),
        forvibe.get_simulation: Operation(
            id="get_forvibe_simulation",
            summary="Read a review simulation",
            description="The same row with the whole result; the codebase's review and the combined "
            "findings stand beside the eight fields, too. Any other type's job is not found here.",
            parameters=(JOB_ID,),
            answers={200: shown_answer("ForvibeSimulation", "The simulation as it is now.")},
            errors=UNKNOWN_JOB,
        ),
    }


def _locale(catalog: Catalog) -> Schema:
    schema = catalog_schemas.locale_schema(catalog)
    return {"name": "locale", "in": "path", "required": True, "schema": schema, "example": "en-US"}


def _listing_operations(catalog: Catalog) -> dict[Endpoint, Operation]:
    locale = _locale(catalog)
    listing = Answer(description="The listing as it is stored.", schema=ref("ForvibeListing"))
    written = (
        errors.MalformedJson,
        errors.BodyTooLarge,
        errors.UnsupportedMediaType,
        errors.InvalidFields,
    )
    return {
        forvibe.put_listing: Operation(
            id="put_forvibe_listing",
            summary="Store a listing",
            description="What a project's page on the App Store says in one locale, at most 256 KiB; it "
            "replaces what was stored. Jobs of the project that are given no listing are about the "
            "stored ones, as they are when the job is accepted.",
            parameters=(PROJECT, locale),
            body=ref("ForvibeListing"),
            answers={200: listing},
            errors=written,
        ),
        forvibe.list_listings: Operation(
            id="list_forvibe_listings",
            summary="List a project's listings",
            description="Which locales are stored.",
            parameters=(PROJECT,),
            answers={200: Answer(description="The listings.", schema=ref("ForvibeListings"))},
            errors=(errors.InvalidFields,),
        ),
        forvibe.get_listing: Operation(
            id="get_forvibe_listing",
            summary="Read a stored listing",
            description="As it was last put.",
            parameters=(PROJECT, locale),
            answers={200: listing},
            errors=(errors.DocumentNotFound, errors.InvalidFields),
        ),
    }


def _credit_operations() -> dict[Endpoint, Operation]:
    return {
        forvibe.get_credits: Operation(
            id="get_forvibe_credits",
            summary="Read what credits are left",
            description="Your organisation's.",
            answers={200: Answer(description="The credits.", schema=ref("ForvibeCredits"))},
        ),
        forvibe.list_ledger: Operation(
            id="list_forvibe_ledger",
            summary="Read the ledger",
            description="Every movement of your organisation's credits, each with its job.",
            parameters=PAGING,
            answers={200: Answer(description="A page of movements.", schema=ref("ForvibeLedger"))},
            errors=(errors.InvalidFields,),
        ),
    }


def submission(job_type: JobType) -> Operation:
    return Operation(
        id=f"create_forvibe_{job_type.name}",
        summary=job_type.summary,
        description="The job is accepted once this is answered with 202, and will then reach its end. A "
        "body without a listing stands for what the project has stored.",
        parameters=ASKED_WITH,
        body=ref(catalog_schemas.body_name(job_type)),
        answers={202: accepted_answer("ForvibeAccepted")},
        errors=tuple(kind for kind in SUBMISSION if kind not in _unmet(job_type)),
    )


def _unmet(job_type: JobType) -> set[type[errors.ClaimcheckError]]:
    """What only a job meets that has a price, or needs a plan."""
    met = {errors.InsufficientCredits: job_type.price is not None, errors.PlanRequired: job_type.paid_plan}
    return {kind for kind, possible in met.items() if not possible}


def problem(shapes: Mapping[str, Schema], status: int, codes: list[str]) -> Schema:
    """`error` has the code once more."""
    shape = narrowed(shapes["ForvibeProblem"], {"status": {"const": status}, "code": {"enum": codes}})
    error = narrowed(shapes["ForvibeError"], {"code": shape["properties"]["code"]})
    rest = {key: value for key, value in error.items() if key not in ("title", "examples")}
    return shape | {"properties": shape["properties"] | {"error": rest}}
