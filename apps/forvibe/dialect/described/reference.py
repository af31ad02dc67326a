"""Forvibe's part of the API description."""

from collections.abc import Mapping
from functools import partial

from apps.forvibe import dialect as forvibe
from apps.forvibe.dialect.described import catalog_schemas, responses
from apps.forvibe.dialect.listings import PROJECT_ID
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.http.submissions import show_job
from claimcheck.openapi import reference as api
from claimcheck.openapi.models import narrowed, response_schemas

DESCRIPTION = """\
Forvibe's contract. A job is accepted with 202. Poll it after 5 seconds, then every 3 to 5 seconds, until
`status` is `completed` or `failed`. Each poll counts as one request. Credits are charged when the job is
accepted and refunded if it fails.
"""


JOB_ID = api.path_id("job_id", "The job's id.")
PROJECT = api.parameter(
    "path",
    "project_id",
    "The project's id. You choose it.",
    {"type": "string", "pattern": f"^{PROJECT_ID.pattern}$"},
    "trail-ledger",
)
SHOWN = api.shown_answer("ForvibeJob")
RESPONSES = (
    responses.ForvibeAccepted,
    responses.ForvibeJob,
    responses.ForvibeElsewhere,
    responses.ForvibeListings,
    responses.ForvibeCredits,
    responses.ForvibeLedger,
    responses.ForvibeProblem,
)


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> api.Reference:
    shapes = shapes_of(catalog, submitted)
    return api.Reference(
        tag="Forvibe",
        description=DESCRIPTION,
        prefix="Forvibe",
        operations=operations(catalog),
        shown=SHOWN,
        submission=submission,
        schemas=shapes,
        security={"forvibe": api.bearer("fvk_live_...")},
        problem=partial(problem, shapes),
    )


def shapes_of(catalog: Catalog, submitted: Mapping[str, JobType]) -> dict[str, api.Schema]:
    results = catalog_schemas.results_of(catalog, submitted)
    shapes = response_schemas(*RESPONSES) | catalog_schemas.result_schemas(results)
    shapes["ForvibeCompletedJob"]["properties"]["result"] = catalog_schemas.unified_results(results)
    shapes["ForvibeWrongField"] = shapes.pop("WrongField") | {"title": "ForvibeWrongField"}
    shapes["ForvibeProblem"]["properties"]["errors"]["items"] = api.ref("ForvibeWrongField")
    shapes |= catalog_schemas.simulation_schemas(results, shapes)
    shapes |= catalog_schemas.listing_schemas(catalog)
    for path, job_type in submitted.items():
        shapes |= catalog_schemas.body_schemas(job_type, path)
    return shapes


def operations(catalog: Catalog) -> api.Operations:
    locale = api.parameter("path", "locale", "", catalog_schemas.locale_schema(catalog), "en-US")
    listing = api.Answer("The stored listing.", api.ref("ForvibeListing"))
    return {
        show_job: api.Operation(
            id="get_forvibe_job",
            summary="Poll a job",
            description="For a review simulation, `result` has the overall summary and the metadata review. "
            "Read the full result at `/api/v1/simulations/{job_id}`.",
            parameters=(JOB_ID,),
            answers={200: SHOWN},
            errors=api.UNKNOWN_JOB,
        ),
        forvibe.get_simulation: api.Operation(
            id="get_forvibe_simulation",
            summary="Read a review simulation",
            description="The job with its full result. `codebase_review` and `combined_findings` are also "
            "at the top level. Jobs of other types are not found here.",
            parameters=(JOB_ID,),
            answers={200: api.shown_answer("ForvibeSimulation", "The current state of the simulation.")},
            errors=api.UNKNOWN_JOB,
        ),
        forvibe.put_listing: api.Operation(
            id="put_forvibe_listing",
            summary="Store a listing",
            description="Store a project's App Store page in one locale, at most 256 KiB. It replaces the "
            "stored listing. A job that is submitted without a listing uses the listings that are stored "
            "when it is accepted.",
            parameters=(PROJECT, locale),
            body=api.ref("ForvibeListing"),
            answers={200: listing},
            errors=(*api.UNREADABLE, errors.InvalidFields),
        ),
        forvibe.list_listings: api.Operation(
            id="list_forvibe_listings",
            summary="List a project's listings",
            description="The locales that are stored.",
            parameters=(PROJECT,),
            answers={200: api.Answer("The listings.", api.ref("ForvibeListings"))},
            errors=(errors.InvalidFields,),
        ),
        forvibe.get_listing: api.Operation(
            id="get_forvibe_listing",
            summary="Read a stored listing",
            description="The listing as last stored.",
            parameters=(PROJECT, locale),
            answers={200: listing},
            errors=(errors.DocumentNotFound, errors.InvalidFields),
        ),
        forvibe.get_credits: api.Operation(
            id="get_forvibe_credits",
            summary="Read the credit balance",
            description="The credits of your organisation.",
            answers={200: api.Answer("The credits.", api.ref("ForvibeCredits"))},
        ),
        forvibe.list_ledger: api.Operation(
            id="list_forvibe_ledger",
            summary="Read the ledger",
            description="All movements of your organisation's credits, each with its job.",
            parameters=api.paging("The number of movements to return.", {"type": "string"}),
            answers={200: api.Answer("A page of movements.", api.ref("ForvibeLedger"))},
            errors=(errors.InvalidFields,),
        ),
    }


def submission(job_type: JobType) -> api.Operation:
    possible: dict[type[errors.ClaimcheckError], bool] = {
        errors.InsufficientCredits: job_type.price is not None,
        errors.PlanRequired: job_type.paid_plan,
    }
    return api.Operation(
        id=f"create_forvibe_{job_type.name}",
        summary=job_type.summary,
        description="A 202 means that the job is stored and will be completed or failed. Without a listing "
        "in the body, the job uses the project's stored listings.",
        parameters=api.ASKED_WITH,
        body=api.ref(catalog_schemas.body_name(job_type)),
        answers={202: api.accepted_answer("ForvibeAccepted")},
        errors=tuple(kind for kind in api.SUBMISSION if possible.get(kind, True)),
    )


def problem(shapes: Mapping[str, api.Schema], status: int, codes: list[str]) -> api.Schema:
    shape = narrowed(shapes["ForvibeProblem"], {"status": {"const": status}, "code": {"enum": codes}})
    error = narrowed(shapes["ForvibeError"], {"code": shape["properties"]["code"]})
    rest = {key: value for key, value in error.items() if key not in ("title", "examples")}
    return shape | {"properties": shape["properties"] | {"error": rest}}
