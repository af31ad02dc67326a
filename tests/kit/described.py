"""Checks that responses match the API's description."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import cache, reduce
from operator import getitem
from typing import TYPE_CHECKING, Any

from jsonschema_rs import Draft202012Validator, Registry

from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.canonical import endpoints as canonical
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import EVERYWHERE
from claimcheck.testing import MemoryJobStore, MemoryKeyStore
from tests.kit.world import Answer, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Seen = tuple[str, int, str | None]
# A name for the document, in which its schemas refer to each other.
PLACE = "urn:document"
UNROUTED = {404: "RouteNotFound", 405: "MethodNotAllowed"}
NOWHERE: set[Seen] = {("none", 404, "route_not_found"), ("none", 405, "method_not_allowed")}
"""What is seen where there is no route."""


class Description:
    """An OpenAPI document, read more strictly than by a client: fields that it does not name are errors.

    `prefix` starts the names of the errors of the dialect under test. `code_at` is where its errors have
    their code.
    """

    def __init__(
        self, document: dict[str, Any], prefix: str = "", code_at: tuple[str, ...] = ("code",)
    ) -> None:
        self.document = document
        self._prefix = prefix
        self._code_at = code_at
        self._components = deepcopy(document["components"])
        for schema in self._components["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        # Read once, for all validators.
        self._registry = Registry([(PLACE, {"components": self._components})])
        self._validators: dict[str, Any] = {}

    def check(self, method: str, path: str, answer: Answer) -> Seen:
        """Check a response, and return its operation, status and code. Raises: AssertionError."""
        operation = self._operation("GET" if method == "HEAD" else method, path)
        if operation is None:
            described = self._unrouted(path, answer.status)
        else:
            assert str(answer.status) in operation["responses"], f"{method} {path}: {answer.status}"
            described = self._resolve(operation["responses"][str(answer.status)])
        self._check_headers(described.get("headers", {}), answer)
        if method == "HEAD":
            assert answer.text == ""
            return (operation["operationId"] if operation else "none", answer.status, None)
        self._check_body(described.get("content", {}), answer)
        code = reduce(getitem, self._code_at, answer.json) if answer.status >= 400 else None
        return (operation["operationId"] if operation else "none", answer.status, code)

    def accepts(self, schema: str, document: Any) -> bool:
        return bool(self._validator({"$ref": f"#/components/schemas/{schema}"}).is_valid(document))

    def everything(self) -> Iterator[Seen]:
        """Return every response of every operation, errors once per code. Responses to other methods belong
        to the path: see `check`."""
        for operation in self._operations():
            for status, answer in operation["responses"].items():
                if status == "405":
                    continue
                codes = [None] if int(status) < 400 else self._codes(answer)
                yield from ((operation["operationId"], int(status), code) for code in codes)

    def _codes(self, answer: dict[str, Any]) -> list[Any]:
        [media] = self._resolve(answer)["content"].values()
        shape = self._components["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
        place = (step for name in self._code_at for step in ("properties", name))
        codes: list[Any] = reduce(getitem, place, shape)["enum"]
        return codes

    def _operations(self) -> Iterator[dict[str, Any]]:
        for operations in self.document["paths"].values():
            yield from operations.values()

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        return self._operations_at(path).get(method)

    def _unrouted(self, path: str, status: int) -> dict[str, Any]:
        """Return the 404 of an unknown path, or the 405 that every operation of the path describes."""
        name = self._prefix + UNROUTED[status]
        if status == 405:
            described = [each["responses"]["405"] for each in self._operations_at(path).values()]
            assert {each["$ref"] for each in described} == {f"#/components/responses/{name}"}
        found: dict[str, Any] = self._components["responses"][name]
        return found

    def _operations_at(self, path: str) -> dict[str, Any]:
        """Return a path's operations by method, in capitals."""
        return {
            method.upper(): operation
            for template, operations in self.document["paths"].items()
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
            for method, operation in operations.items()
        }

    def _resolve(self, answer: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in answer:
            return answer
        found: dict[str, Any] = self._components["responses"][answer["$ref"].rpartition("/")[2]]
        return found

    def _check_headers(self, described: dict[str, Any], answer: Answer) -> None:
        required = {name for name, header in described.items() if header["required"]}
        sent = set(answer.headers) - {"Content-Type", *EVERYWHERE}
        assert required <= sent, f"{answer.status} lacks {required - sent}"
        assert sent <= set(described), f"{answer.status} has {sent - set(described)}"
        for name in sent:
            schema = described[name]["schema"]
            value = answer.headers[name]
            self.validate(schema, int(value) if schema.get("type") == "integer" else value)

    def _check_body(self, described: dict[str, Any], answer: Answer) -> None:
        media_type = answer.headers.get("Content-Type")
        if media_type is None:
            assert (described, answer.text) == ({}, "")
        else:
            assert list(described) == [media_type]
            self.validate(described[media_type]["schema"], answer.json)

    def validate(self, schema: dict[str, Any], document: Any) -> None:
        wrong = next(self._validator(schema).iter_errors(document), None)
        assert wrong is None, f"{wrong.message[:500]} at {wrong.instance_path}"

    def _validator(self, schema: dict[str, Any]) -> Any:
        name = json.dumps(schema)
        if name not in self._validators:
            placed = json.loads(name.replace('"#/', f'"{PLACE}#/'))
            self._validators[name] = Draft202012Validator(
                placed, validate_formats=True, registry=self._registry
            )
        return self._validators[name]


def error_of(answer: Answer) -> tuple[int, str]:
    """Return an error's status and code."""
    return answer.status, answer.json["code"]


@cache
def description() -> Description:
    """Return the description of a world's API with the usual job types."""
    return Description(describe([canonical.DIALECT], Catalog([job_type()])))


class WatchedWorld(World):
    """A world that checks every response against the description and records it in `seen`."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen: set[Seen] = set()

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().request(method, path, body, **more)
        self.seen.add(description().check(method, path, answer))
        return answer


class Failing:
    """A port with one method that fails."""

    def __init__(self, port: Any, method: str, error: Exception) -> None:
        self._port = port
        self._method = method
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return self._fail if name == self._method else getattr(self._port, name)

    def _fail(self, *args: Any, **kwargs: Any) -> Any:
        raise self._error


def ask_in_every_way(make: Callable[..., Any], ask_everything: Callable[..., None]) -> set[Seen]:
    """Ask with every kind of key and while ports fail. Return what the worlds of `make` have seen."""
    world = make()
    ask_everything(world)
    ask_everything(world, key="unknown")
    ask_everything(world, authorization="")
    for scope in (READ, WRITE):
        ask_everything(world, key=world.key("acme", scopes=(scope,)))
    for tired in (world.key("acme", limit=1), world.key("acme", daily=1)):
        ask_everything(world, key=tired)
        ask_everything(world, key=tired)
    faults = (RuntimeError("the secret text of a bug"), Unavailable())
    failing = [make(store=Failing(MemoryJobStore(), "insert", OutcomeUnknown()))]
    failing += [make(keys=Failing(MemoryKeyStore(), "api_key", fault)) for fault in faults]
    for each in failing:
        ask_everything(each)
    return {seen for each in [world, *failing] for seen in each.seen}
