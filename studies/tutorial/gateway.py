"""API Gateway in front of the tutorial's functions: it routes, authorizes, and caches authorizations.

The events are as API Gateway Developer Guide, "Input format of a Lambda function for proxy integration",
has them; the routes and how long the authorizer's answer is kept are the template's.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studies.tutorial.template import FUNCTIONS, RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Invoke = Callable[[str, dict[str, Any]], Any]

REQUEST = Path(__file__).with_name("request.json")
KEPT = RESOURCES["Api"]["Properties"]["Auth"]["Authorizers"]["ApiKey"]["Identity"]["ReauthorizeEvery"]


def routes() -> Iterator[tuple[str, str, str]]:
    """The method, the path and the function's folder of each route."""
    for name, folder in FUNCTIONS.items():
        for event in RESOURCES[name]["Properties"].get("Events", {}).values():
            if event["Type"] == "Api":
                yield event["Properties"]["Method"], event["Properties"]["Path"], folder


class Gateway:
    """`invoke` runs a function, by its folder, for an event. `now` returns the time in seconds."""

    def __init__(self, invoke: Invoke, now: Callable[[], float]) -> None:
        self._invoke = invoke
        self._now = now
        self._policies: dict[str, tuple[float, dict[str, Any]]] = {}

    def request(self, method: str, path: str, key: str, body: str | None = None, **headers: str) -> Any:
        """Return the function's response, or API Gateway's own refusal."""
        resource, folder, parameters = _route(method, path)
        policy = self._authorize(key, f"{method}/{path.strip('/')}")
        if not _allowed(policy, f"{method}/{path.strip('/')}"):
            return {"statusCode": 403, "body": json.dumps({"Message": "User is not authorized"})}
        event = proxied(method, path, key, body, headers)
        context = event["requestContext"] | {
            "resourcePath": resource,
            "authorizer": {"principalId": policy["principalId"], "integrationLatency": 0},
        }
        described = {"resource": resource, "pathParameters": parameters, "requestContext": context}
        return self._invoke(folder, event | described)

    def _authorize(self, key: str, route: str) -> dict[str, Any]:
        """Authorize a key. API Gateway caches a TOKEN authorizer's result by key, so it is valid for every
        route."""
        until, policy = self._policies.get(key, (0.0, {}))
        if until <= self._now():
            policy = self._invoke("authorizer", authorizing(key, route))
            self._policies[key] = self._now() + KEPT, policy
        return policy


def authorizing(key: str, route: str) -> dict[str, Any]:
    """Return a TOKEN authorizer's event ("Input to an API Gateway Lambda authorizer")."""
    return {"type": "TOKEN", "authorizationToken": f"Bearer {key}", "methodArn": _arn(route)}


def proxied(method: str, path: str, key: str, body: str | None, headers: dict[str, str]) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(REQUEST.read_text())
    sent = headers | {"Authorization": f"Bearer {key}"}
    several = {name: [value] for name, value in sent.items()}
    return event | {
        "httpMethod": method,
        "path": path,
        "headers": event["headers"] | sent,
        "multiValueHeaders": event["multiValueHeaders"] | several,
        "requestContext": event["requestContext"] | {"httpMethod": method, "path": f"/v1{path}"},
        "body": body,
    }


def _route(method: str, path: str) -> tuple[str, str, dict[str, str] | None]:
    wanted = path.strip("/").split("/")
    for verb, resource, folder in routes():
        parts = resource.strip("/").split("/")
        taken = {part[1:-1]: given for part, given in zip(parts, wanted, strict=False) if part[0] == "{"}
        if (verb, len(parts)) == (method, len(wanted)):
            return resource, folder, taken or None
    raise LookupError(f"{method} {path}")


def _allowed(policy: dict[str, Any], route: str) -> bool:
    statements = policy["policyDocument"]["Statement"]
    effects = {
        statement["Effect"]
        for statement in statements
        if any(fnmatchcase(_arn(route), resource) for resource in statement["Resource"])
    }
    return effects == {"Allow"}


def _arn(route: str) -> str:
    return f"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/v1/{route}"
