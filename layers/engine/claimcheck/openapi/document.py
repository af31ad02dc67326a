"""The document: every route of every dialect, with what its dialect says of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from claimcheck import __version__
from claimcheck.http.routing import submission_at
from claimcheck.installed import ENDPOINTS
from claimcheck.openapi.answers import ADMISSION, UNROUTED, by_status, describe_answer, describe_problem
from claimcheck.openapi.examples import examples_of
from claimcheck.openapi.found import find_references
from claimcheck.openapi.models import body_of
from claimcheck.openapi.reference import ref
from claimcheck.openapi.shared import both

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.http.contract import Dialect, Endpoints, Route
    from claimcheck.openapi.answers import Kind
    from claimcheck.openapi.found import Describe
    from claimcheck.openapi.reference import Operation, Reference, Schema

PARAMETER = re.compile(r"\{(\w+)\}")
DESCRIPTION = """\
Hand in slow work as a job, get `202 Accepted` at once, and poll the job until it has ended. You
leave your coat, you get a claim check.

Any other path is answered with 404 `route_not_found`, any other method with 405
`method_not_allowed` and the header `Allow`. A few answers come from API Gateway, before this API
sees the request: 413 to a body of more than 10 MB, 429 and 503 when all callers together send too
much. Their body is only `{"message": "..."}`, and their headers are only API Gateway's.
"""


def describe(
    dialects: Iterable[Dialect],
    catalog: Catalog,
    endpoints: Endpoints = ENDPOINTS,
    references: Mapping[str, Describe] | None = None,
) -> Schema:
    """An OpenAPI 3.1 document. `references` has what each dialect says of itself, by the dialect's name:
    those of the canonical dialect and of the apps if it is not given.

    Raises: ValueError for a route that is not described, a description without a route, and two
    things of one name.
    """
    document = Document()
    references = references or find_references()
    for dialect in dialects:
        named = endpoints.get(dialect.name, {}).items()
        submitted = {path: job_type for path, name in named if (job_type := catalog.newest(name))}
        document.add(dialect, references[dialect.name](catalog, submitted), submitted)
    return document.whole


class Document:
    def __init__(self) -> None:
        self._components: dict[str, dict[str, Schema]] = {
            "schemas": {},
            "responses": {},
            "securitySchemes": {},
        }
        self._paths: dict[str, dict[str, Schema]] = {}
        self._tags: list[Schema] = []

    @property
    def whole(self) -> Schema:
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Claimcheck",
                "version": __version__,
                "summary": "Slow work as jobs: accepted at once, done in the background, polled to the end.",
                "description": DESCRIPTION,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "/", "description": "The deployment that serves this document."}],
            "tags": self._tags,
            "paths": self._paths,
            "components": self._components,
        }

    def add(self, dialect: Dialect, reference: Reference, submitted: Mapping[str, JobType]) -> None:
        _check_complete(dialect, reference)
        self._tags.append({"name": reference.tag, "description": reference.description})
        for name, schema in reference.schemas.items():
            self.share("schemas", name, schema)
        for name, scheme in reference.security.items():
            self.share("securitySchemes", name, scheme)
        for kind in UNROUTED:
            self._problem([kind], dialect, reference)
        for route in dialect.routes:
            self._add_operation(dialect, reference, route, reference.operations[route.endpoint])
        for path, job_type in submitted.items():
            self._add_submission(dialect, reference, job_type, path)

    def _add_submission(self, dialect: Dialect, reference: Reference, job_type: JobType, path: str) -> None:
        params = PARAMETER.findall(path)
        said = reference.submission(job_type)
        shapes = {} if said.body else body_of(job_type, params)
        for name, schema in shapes.items():
            self.share("schemas", name, schema)
        fields = job_type.input.model_json_schema()["properties"]
        said = replace(
            said,
            parameters=(*(_parameter(name, fields[name]) for name in params), *said.parameters),
            body=said.body or ref(next(iter(shapes))),
        )
        self._add_operation(dialect, reference, submission_at(path, job_type.name, dialect), said)

    def _add_operation(self, dialect: Dialect, reference: Reference, route: Route, said: Operation) -> None:
        operations, method = self._paths.setdefault(route.path, {}), route.method.lower()
        operation: Schema = {
            "operationId": said.id,
            "tags": [reference.tag],
            "summary": said.summary,
            "description": said.description,
            # OpenAPI 3.1: with schemes other than OAuth's these are the roles that are needed.
            "security": [{name: [route.scope]} for name in reference.security] if route.scope else [],
            **({"parameters": list(said.parameters)} if said.parameters else {}),
            **({"requestBody": self._body(said.body)} if said.body else {}),
            "responses": self._answers(said, dialect, reference, route),
        }
        if method in operations:
            operation = both(operations[method], operation, self._components["responses"])
        operations[method] = operation

    def _body(self, schema: Schema) -> Schema:
        examples = examples_of(schema, self._components["schemas"])
        return {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": examples}},
        }

    def _answers(self, said: Operation, dialect: Dialect, reference: Reference, route: Route) -> Schema:
        schemas, scoped = self._components["schemas"], route.scope is not None
        answers = {
            status: describe_answer(answer, schemas, scoped=scoped) for status, answer in said.answers.items()
        }
        problems = {
            status: self._problem(kinds, dialect, reference)
            for status, kinds in by_status(said.errors + (ADMISSION if scoped else ()), dialect).items()
        }
        return {str(status): answer for status, answer in sorted((answers | problems).items())}

    def _problem(self, kinds: list[Kind], dialect: Dialect, reference: Reference) -> Schema:
        """A reference to an answer that is written down once, however many operations give it."""
        name = reference.prefix + "Or".join(kind.__name__ for kind in kinds)
        answer, shape = describe_problem(kinds, dialect, reference, f"{name}Problem")
        self.share("schemas", f"{name}Problem", shape)
        self.share("responses", name, answer)
        return {"$ref": f"#/components/responses/{name}"}

    def share(self, section: str, name: str, content: Schema) -> None:
        if self._components[section].setdefault(name, content) != content:
            raise ValueError(f"two different {section} are called {name}")


def _parameter(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _check_complete(dialect: Dialect, reference: Reference) -> None:
    served = {route.endpoint.__name__ for route in dialect.routes}
    described = {endpoint.__name__ for endpoint in reference.operations}
    if served != described:
        raise ValueError(
            f"dialect {dialect.name}: not described {sorted(served - described)}, "
            f"not served {sorted(described - served)}"
        )
