"""The document: every route of every dialect, with its dialect's description."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from claimcheck import __version__
from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.http.contract import Dialect, Route
from claimcheck.http.routing import submission_at
from claimcheck.http.submissions import show_job
from claimcheck.openapi.answers import (
    ADMISSION,
    ADMITTED,
    UNROUTED,
    by_status,
    describe_answer,
    describe_problem,
)
from claimcheck.openapi.examples import examples_of
from claimcheck.openapi.models import body_of, type_name
from claimcheck.openapi.reference import Describe, Kind, Operation, Reference, Schema, parameter, ref
from claimcheck.openapi.shared import both, either, either_of

PARAMETER = re.compile(r"\{(\w+)\}")
DESCRIPTION = """\
Submit slow work as a job, get `202 Accepted` at once, and poll the job until it has ended.

An unknown path gets 404 `route_not_found`. An unknown method gets 405 `method_not_allowed` with the
header `Allow`. API Gateway itself sends 413 for a body over 6 MB, which Lambda does not take, and 429
or 503 when all callers together exceed its limits. These responses have only API Gateway's headers and
the body `{"message": "..."}`.
"""

SHOWN_BY_ANY = "The job, in the contract that it was submitted in. `Retry-After` is sent until it has ended."


def describe(
    dialects: Iterable[Dialect],
    catalog: Catalog,
    endpoints: Mapping[str, Mapping[str, str]],
    references: Mapping[str, Describe],
) -> Schema:
    """Return an OpenAPI 3.1 document. `references` has the descriptions of the dialects, by name.

    Raises: ValueError for a route without a description, a description without a route, and two different
    components of one name.
    """
    document = Document()
    for dialect in dialects:
        named = endpoints.get(dialect.name, {}).items()
        submitted = {path: job_type for path, name in named if (job_type := catalog.newest(name))}
        document.add(Part(dialect, references[dialect.name](catalog, submitted), submitted))
    document.add_paths()
    return document.whole


class Part(NamedTuple):
    dialect: Dialect
    reference: Reference
    submitted: Mapping[str, JobType]


class Document:
    def __init__(self) -> None:
        self._components: dict[str, dict[str, Schema]] = {
            "schemas": {},
            "responses": {},
            "securitySchemes": {},
        }
        self._paths: dict[str, dict[str, Schema]] = {}
        self._tags: list[Schema] = []
        self._parts: list[Part] = []

    @property
    def whole(self) -> Schema:
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Claimcheck",
                "version": __version__,
                "summary": "Run slow work as jobs: submit, poll, get the result.",
                "description": DESCRIPTION,
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "./", "description": "The deployment that serves this document."}],
            "tags": self._tags,
            "paths": self._paths,
            "components": self._components,
        }

    def add(self, part: Part) -> None:
        reference = part.reference
        _check_complete(part.dialect, reference)
        self._parts.append(part)
        self._tags.append({"name": reference.tag, "description": reference.description})
        for name, schema in reference.schemas.items():
            self.share("schemas", name, schema)
        for name, scheme in reference.security.items():
            self.share("securitySchemes", name, scheme)
        for kind in UNROUTED:
            self._problem([kind], part)

    def add_paths(self) -> None:
        """Add the operations of all dialects, after `add` has added all that they refer to."""
        for part in self._parts:
            for route in part.dialect.routes:
                self._add_operation(part, route, part.reference.operations[route.endpoint])
            for path, job_type in part.submitted.items():
                self._add_submission(part, job_type, path)
        for path, owners in self._owners().items():
            if len(owners) > 1:
                self._add_other_problems(path, owners)
            for operation in self._paths[path].values():
                self._add_unrouted(operation, owners[0])

    def _add_submission(self, part: Part, job_type: JobType, path: str) -> None:
        params = PARAMETER.findall(path)
        said = part.reference.submission(job_type)
        shapes = {} if said.body else body_of(f"{type_name(job_type)}Body", job_type, path)
        for name, schema in shapes.items():
            self.share("schemas", name, schema)
        fields = job_type.input.model_json_schema()["properties"]
        said = replace(
            said,
            parameters=(*(parameter("path", name, "", fields[name]) for name in params), *said.parameters),
            body=said.body or ref(next(iter(shapes))),
        )
        self._add_operation(part, submission_at(path, job_type.name, part.dialect), said)

    def _add_operation(self, part: Part, route: Route, said: Operation) -> None:
        operations, method = self._paths.setdefault(route.path, {}), route.method.lower()
        operation: Schema = {
            "operationId": said.id or route.endpoint.__name__,
            "tags": [part.reference.tag],
            "summary": said.summary,
            "description": said.description,
            # For schemes other than OAuth, OpenAPI 3.1 lists the required roles here.
            "security": [{name: [route.scope]} for name in part.reference.security] if route.scope else [],
            **({"parameters": list(said.parameters)} if said.parameters else {}),
            **({"requestBody": self._body(said.body)} if said.body else {}),
            "responses": self._answers(said, part, route),
        }
        if method in operations:
            operation = both(operations[method], operation, self._components["responses"])
        operations[method] = operation

    def _owners(self) -> dict[str, list[Part]]:
        """Return the dialects of each path, in their order of precedence."""
        owners: dict[str, list[Part]] = {}
        for part in self._parts:
            for path in dict.fromkeys([*(route.path for route in part.dialect.routes), *part.submitted]):
                owners.setdefault(path, []).append(part)
        return owners

    def _add_unrouted(self, operation: Schema, owner: Part) -> None:
        """Add the error for other methods, in the form of the path's first dialect."""
        refused = {"405": self._problem([errors.MethodNotAllowed], owner)}
        operation["responses"] = dict(sorted((operation["responses"] | refused).items()))

    def _add_other_problems(self, path: str, owners: list[Part]) -> None:
        """Add the errors of other dialects: at a shared path, each key's dialect renders them."""
        first = owners[0]
        others = [part for part in self._parts if part not in owners]
        for route in (route for route in first.dialect.routes if route.path == path):
            operation = self._paths[path][route.method.lower()]
            kinds = (*first.reference.operations[route.endpoint].errors, *ADMITTED)
            for part in others:
                said = self._problems(kinds, part)
                operation["responses"] = either(operation["responses"], said, self._components["responses"])

    def _body(self, schema: Schema) -> Schema:
        examples = examples_of(schema, self._components["schemas"])
        return {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": examples}},
        }

    def _answers(self, said: Operation, part: Part, route: Route) -> Schema:
        schemas, scoped = self._components["schemas"], route.scope is not None
        answers = {
            str(status): describe_answer(answer, schemas, scoped=scoped)
            for status, answer in said.answers.items()
        }
        if route.endpoint is show_job:
            answers["200"] = self._shown_by_any(part)
        problems = self._problems((*said.errors, *(ADMISSION if scoped else ())), part)
        return dict(sorted((answers | problems).items()))

    def _problems(self, kinds: Iterable[Kind], part: Part) -> dict[str, Schema]:
        grouped = by_status(kinds, part.dialect)
        return {str(status): self._problem(found, part) for status, found in grouped.items()}

    def _shown_by_any(self, first: Part) -> Schema:
        parts = sorted(self._parts, key=lambda part: part is not first)
        schemas = self._components["schemas"]
        shown = [describe_answer(part.reference.shown, schemas, scoped=True) for part in parts]
        return either_of(shown) if len(shown) == 1 else either_of(shown) | {"description": SHOWN_BY_ANY}

    def _problem(self, kinds: list[Kind], part: Part) -> Schema:
        name = part.reference.prefix + "Or".join(kind.__name__ for kind in kinds)
        answer, shape = describe_problem(kinds, part.dialect, part.reference, f"{name}Problem")
        self.share("schemas", f"{name}Problem", shape)
        self.share("responses", name, answer)
        return {"$ref": f"#/components/responses/{name}"}

    def share(self, section: str, name: str, content: Schema) -> None:
        if self._components[section].setdefault(name, content) != content:
            raise ValueError(f"two different {section} are called {name}")


def _check_complete(dialect: Dialect, reference: Reference) -> None:
    served = {route.endpoint.__name__ for route in dialect.routes}
    described = {endpoint.__name__ for endpoint in reference.operations}
    if served != described:
        raise ValueError(
            f"dialect {dialect.name}: not described {sorted(served - described)}, "
            f"not served {sorted(described - served)}"
        )
