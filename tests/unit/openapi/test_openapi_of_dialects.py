"""Dialects in the API's description: each is complete, and none replaces another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe, find_references
from claimcheck.canonical import endpoints as canonical
from claimcheck.domain.errors import JobNotFound
from claimcheck.domain.keys import READ
from claimcheck.http.contract import Dialect, Request, Response, Route
from claimcheck.openapi.document import Document
from claimcheck.openapi.reference import Answer, Operation, Reference, Schema
from tests.kit.valid_openapi import mistakes
from tests.kit.world import job_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.http.contract import Call, Endpoints


def get_ticket(call: Call) -> Response:
    return Response.json(200, {"state": "ready"})


def write_error(error: ClaimcheckError, status: int, request: Request) -> Response:
    return Response.json(status, {"error": error.code})


def shape_of_error(status: int, codes: list[str]) -> Schema:
    return {"type": "object", "properties": {"error": {"enum": codes}}}


TICKET: Schema = {"type": "object", "properties": {"state": {"enum": ["waiting", "ready"]}}}
NUMBER: Schema = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
OPERATION = Operation(
    id="get_ticket",
    summary="Read a ticket",
    description="As the cloakroom always had it.",
    parameters=(NUMBER,),
    answers={200: Answer(description="The ticket.", schema={"$ref": "#/components/schemas/Ticket"})},
    errors=(JobNotFound,),
)


def reference(catalog: Catalog, submitted: Mapping[str, JobType]) -> Reference:
    return Reference(
        tag="Cloakroom",
        description="Tickets.",
        prefix="Cloakroom",
        operations={get_ticket: OPERATION},
        shown=OPERATION.answers[200],
        submission=lambda job_type: replace(OPERATION, id=f"check_in_{job_type.name}", parameters=()),
        schemas={"Ticket": TICKET},
        security={"ticket": {"type": "apiKey", "in": "header", "name": "x-ticket"}},
        problem=shape_of_error,
    )


CLOAKROOM = Dialect(
    name="cloakroom",
    key_prefix="coat_",
    routes=(Route("GET", "/tickets/{number}", get_ticket, READ),),
    secret=lambda request: request.headers.get("x-ticket"),
    accept=lambda job_type, call: Response.json(201, {}),
    show=lambda call, job: Response.json(200, {}),
    problem=write_error,
)


def described(
    dialects: list[Dialect], catalog: Catalog, endpoints: Endpoints | None = None
) -> dict[str, Any]:
    return describe(dialects, catalog, endpoints or {}, {**find_references(), "cloakroom": reference})


def test_another_dialect_brings_its_own_description() -> None:
    document = described([canonical.DIALECT, CLOAKROOM], Catalog([job_type()]))
    operation = document["paths"]["/tickets/{number}"]["get"]
    unknown = document["components"]["responses"]["CloakroomJobNotFound"]

    assert mistakes(document) == []
    assert operation["tags"] == ["Cloakroom"]
    assert operation["security"] == [{"ticket": ["jobs:read"]}]
    assert operation["responses"]["404"] == {"$ref": "#/components/responses/CloakroomJobNotFound"}
    assert unknown["content"]["application/json"]["examples"] == {
        "job_not_found": {"value": {"error": "job_not_found"}}
    }


def test_a_route_without_a_description_is_refused() -> None:
    secret = Route("GET", "/v1/secret", lambda call: canonical.get_health(call))
    dialect = canonical.DIALECT._replace(routes=(*canonical.DIALECT.routes, secret))

    with pytest.raises(ValueError, match="not described"):
        described([dialect], Catalog([]))


def test_a_description_without_a_route_is_refused() -> None:
    dialect = canonical.DIALECT._replace(routes=canonical.DIALECT.routes[1:])

    with pytest.raises(ValueError, match=r"not served \['get_job'\]"):
        described([dialect], Catalog([]))


def test_an_endpoint_of_a_job_type_is_described_with_its_path_parameters() -> None:
    endpoints = {"cloakroom": {"/coats/{text}": "coat"}}

    document = described([canonical.DIALECT, CLOAKROOM], Catalog([job_type("coat")]), endpoints)
    operation = document["paths"]["/coats/{text}"]["post"]
    [body] = operation["requestBody"]["content"].values()

    assert mistakes(document) == []
    assert operation["parameters"] == [
        {"name": "text", "in": "path", "required": True, "schema": {"title": "Text", "type": "string"}}
    ]
    assert body["schema"] == {"$ref": "#/components/schemas/CoatBody"}
    assert set(document["components"]["schemas"]["CoatBody"]["properties"]) == {"times"}


def test_a_path_that_dialects_share_answers_as_either() -> None:
    shared = Route("GET", "/v1/jobs/{job_id}", get_ticket, READ)
    dialect = CLOAKROOM._replace(routes=(shared,))

    document = described([canonical.DIALECT, dialect], Catalog([job_type()]))
    operation = document["paths"]["/v1/jobs/{job_id}"]["get"]
    answered = operation["responses"]["200"]
    unknown = operation["responses"]["404"]

    assert mistakes(document) == []
    assert operation["tags"] == ["Jobs", "Cloakroom"]
    assert [
        each["$ref"].rsplit("/", 1)[1] for each in answered["content"]["application/json"]["schema"]["anyOf"]
    ] == [
        "Job",
        "Ticket",
    ]
    assert set(unknown["content"]) == {"application/problem+json", "application/json"}
    assert not answered["headers"]["Retry-After"]["required"]
    assert answered["headers"]["RateLimit"]["required"]


def test_two_bodies_at_one_path_are_refused() -> None:
    catalog = Catalog([job_type("one"), job_type("two")])
    endpoints = {"cloakroom": {"/coats": "one"}, "canonical": {"/coats": "two"}}

    with pytest.raises(ValueError, match="must take no body: submit_two, check_in_one"):
        described([canonical.DIALECT, CLOAKROOM], catalog, endpoints)


def test_two_shapes_of_one_name_are_refused() -> None:
    document = Document()
    document.share("schemas", "Job", {"type": "object"})
    document.share("schemas", "Job", {"type": "object"})

    with pytest.raises(ValueError, match="two different schemas are called Job"):
        document.share("schemas", "Job", {"type": "string"})
