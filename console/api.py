"""Calls of the API, with the key of the person who is signed in."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 25.0  # seconds: behind the API, the console has 29 for its own answer
MINUTE = 60.0


class Refused(Exception):
    """The API did not do what was asked. `wrong` has the message about each field, by its JSON pointer."""

    def __init__(self, status: int, code: str, message: str, wrong: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.wrong = status, code, message, wrong or {}


@dataclass(frozen=True)
class Api:
    http: httpx.AsyncClient
    url: str
    key: str

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return _json(await self.send("GET", path, params=query or {}))

    async def post(self, path: str, body: Any = None, idempotency_key: str = "") -> Any:
        if not idempotency_key.isascii():
            raise Refused(400, "invalid_idempotency_key", "The form was changed on its way. Load it again.")
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return _json(await self.send("POST", path, headers=headers, json=body))

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request, without following a redirect. Raises: Refused."""
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        try:
            answer = await self.http.request(method, self.url + path, headers=headers, **options)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Refused(502, "unreachable", f"{self.url} does not respond: {error}") from error
        if answer.status_code >= 400:
            raise _refused(answer)
        return answer

    async def download(self, path: str) -> httpx.Response:
        """Start to read a file, which the object store may have. The caller closes it. Raises: Refused."""
        answer = await self.send("GET", path)
        if not answer.is_redirect:
            return answer
        # Signed, and without the key: the object store refuses a request with both.
        request = self.http.build_request("GET", answer.headers["location"])
        try:
            stored = await self.http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Refused(502, "unreachable", f"The object store does not respond: {error}") from error
        if stored.is_success:
            return stored
        await stored.aclose()
        raise Refused(502, "unknown", f"The object store returned {stored.status_code}. Load the page again.")


def _refused(answer: httpx.Response) -> Refused:
    try:
        problem = answer.json()
        wrong = {
            each.get("pointer") or each.get("parameter", ""): each["message"]
            for each in problem.get("errors", ())
        }
        return Refused(answer.status_code, problem["code"], problem["detail"], wrong)
    except (ValueError, LookupError, TypeError, AttributeError):
        # API Gateway's own errors, or not this API at all.
        return Refused(answer.status_code, "unknown", f"The API returned {answer.status_code}.")


@dataclass(frozen=True)
class Description:
    """The API's description: the console shows only what its API has."""

    document: dict[str, Any]

    def offers(self, method: str, path: str) -> bool:
        return method.lower() in self.document["paths"].get(path, {})

    def filters(self) -> list[dict[str, Any]]:
        """Return the parameters that filter the list of jobs."""
        listed = self.document["paths"]["/v1/jobs"]["get"]["parameters"]
        return [each for each in listed if each["name"] not in ("limit", "cursor", "ids")]

    def job_types(self) -> dict[str, dict[str, Any]]:
        """Return the schema of each job type's submissions."""
        named = self._schema("Submission").get("discriminator", {}).get("mapping", {})
        return {name: self._schema(ref.rpartition("/")[2]) for name, ref in sorted(named.items())}

    def input_of(self, job_type: str) -> dict[str, Any]:
        """Return the schema of a job type's input. Raises: LookupError."""
        return self.resolved(self.job_types()[job_type]["properties"]["input"])

    def example_of(self, job_type: str) -> dict[str, Any]:
        body = self.document["paths"]["/v1/jobs"]["post"]["requestBody"]["content"]["application/json"]
        found: dict[str, Any] = body.get("examples", {}).get(job_type, {}).get("value", {}).get("input", {})
        return found

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a property's schema without its reference and without its null."""
        for each in schema.get("anyOf", ()):
            if each != {"type": "null"} and len(schema["anyOf"]) == 2 and {"type": "null"} in schema["anyOf"]:
                return self.resolved(each) | {key: schema[key] for key in schema.keys() & {"description"}}
        ref = schema.get("$ref", "").rpartition("/")[2]
        return self._schema(ref) if ref else schema

    def _schema(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.document["components"]["schemas"].get(name, {})
        return found


@dataclass
class Descriptions:
    """The description of each API, read again after a minute. `now` is a clock in seconds."""

    now: Callable[[], float] = time.monotonic
    _read: dict[str, tuple[float, Description]] = field(default_factory=dict)

    async def of(self, api: Api) -> Description:
        """Raises: Refused, also if this is no description of a Claimcheck API."""
        at, found = self._read.get(api.url, (0.0, None))
        if found is None or self.now() >= at + MINUTE:
            found = Description(await _described(api))
            self._read[api.url] = self.now(), found
        return found


async def _described(api: Api) -> dict[str, Any]:
    try:
        document = await api.get("/openapi.json")
        if "/v1/jobs" in document["paths"] and "schemas" in document["components"]:
            return dict(document)
    except (ValueError, LookupError, TypeError):
        pass
    raise Refused(502, "unknown", f"{api.url} is not a Claimcheck API.")


def _json(answer: httpx.Response) -> Any:
    """Raises: Refused if something else than the API has answered, such as a proxy."""
    try:
        return answer.json()
    except ValueError as error:
        raise Refused(502, "no_json", "The answer is not JSON. Is this the URL of the API?") from error
