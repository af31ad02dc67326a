"""How dialects come into the API's description: each complete, and none over another."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from claimcheck.catalog import Catalog, load_catalog
from claimcheck.dialects import canonical
from claimcheck.errors import JobNotFound
from claimcheck.http import Dialect, Request, Response, Route
from claimcheck.openapi import describe
from claimcheck.openapi.document import Document
from claimcheck.openapi.reference import Answer, Operation, Reference, Schema
from claimcheck.tenancy import READ

if TYPE_CHECKING:
    from claimcheck.errors import ClaimcheckError
    from claimcheck.http import Call


def get_ticket(call: Call) -> Response:
    return Response.json(200, {"state": "ready"})


def write_error(error: ClaimcheckError, status: int, request: Request) -> Response:
    return Response.json(status, {"error": error.code})


def shape_of_error(status: int, codes: list[str]) -> Schema:
    return {"type": "object", "properties": {"error": {"enum": codes}}}


CLOAKROOM = Dialect(
    name="cloakroom",
    routes=(Route("GET", "/tickets/{number}", get_ticket, READ),),
    secret=lambda request: request.headers.get("x-ticket"),
    problem=write_error,
)
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


def reference(catalog: Catalog) -> Reference:
    return Reference(
        tag="Cloakroom",
        description="Tickets.",
        prefix="Cloakroom",
        operations={get_ticket: OPERATION},
        schemas={"Ticket": TICKET},
        security={"ticket": {"type": "apiKey", "in": "header", "name": "x-ticket"}},
        problem=shape_of_error,
    )


def test_another_dialect_brings_its_own_description(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("claimcheck.dialects.cloakroom.reference")
    module.reference = reference  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)

    document = describe([canonical.DIALECT, CLOAKROOM], load_catalog())
    operation = document["paths"]["/tickets/{number}"]["get"]
    unknown = document["components"]["responses"]["CloakroomJobNotFound"]

    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert operation["tags"] == ["Cloakroom"]
    assert operation["security"] == [{"ticket": ["jobs:read"]}]
    assert operation["responses"]["404"] == {"$ref": "#/components/responses/CloakroomJobNotFound"}
    assert unknown["content"]["application/json"]["examples"] == {
        "job_not_found": {"value": {"error": "job_not_found"}}
    }


def test_a_route_without_a_description_is_refused() -> None:
    secret = Route("GET", "/v1/secret", lambda call: canonical.get_health(call))
    dialect = replace(canonical.DIALECT, routes=(*canonical.DIALECT.routes, secret))

    with pytest.raises(ValueError, match="not described"):
        describe([dialect], Catalog([]))


def test_a_description_without_a_route_is_refused() -> None:
    dialect = replace(canonical.DIALECT, routes=canonical.DIALECT.routes[1:])

    with pytest.raises(ValueError, match=r"not served \['get_job'\]"):
        describe([dialect], Catalog([]))


def test_two_dialects_on_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two dialects describe GET /v1/jobs/\{job_id\}"):
        describe([canonical.DIALECT, canonical.DIALECT], Catalog([]))


def test_two_shapes_of_one_name_are_refused() -> None:
    document = Document()
    document.share("schemas", "Job", {"type": "object"})
    document.share("schemas", "Job", {"type": "object"})

    with pytest.raises(ValueError, match="two different schemas are called Job"):
        document.share("schemas", "Job", {"type": "string"})
