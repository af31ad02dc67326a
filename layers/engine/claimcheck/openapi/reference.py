"""The description of a dialect: what the function `reference` of its module `described.reference` returns.

It has no paths. Those are the dialect's routes, and each route's endpoint must have an operation here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from claimcheck.domain import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.http.contract import Endpoint

    # Takes the catalogue, and the job types that the dialect submits, by path.
    Describe = Callable[[Catalog, Mapping[str, JobType]], "Reference"]

Schema = dict[str, Any]
Place = Literal["path", "query", "header"]
REF = "#/components/schemas/"


def parameter(
    place: Place, name: str, description: str, schema: Schema, example: str | None = None
) -> Schema:
    return {
        "name": name,
        "in": place,
        **({"required": True} if place == "path" else {}),
        "description": description,
        "schema": schema,
        **({} if example is None else {"example": example}),
    }


IDEMPOTENCY_KEY = parameter(
    "header",
    "Idempotency-Key",
    "Makes a retry safe. A request with the same key and body gets the first response again, for at least a "
    "day and for as long as the job can be read. Use a unique value of your own, such as a UUID for each "
    "order.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "order-6735",
)
CALLBACK_URL = parameter(
    "header",
    "Claimcheck-Callback-Url",
    "The URL to call when the job ends, like `callback_url` of `POST /v1/jobs`. It receives a signed `POST` "
    "of the job in canonical form. https, at most 2,048 characters, without credentials.",
    {"type": "string", "format": "uri", "maxLength": 2048},
    "https://app.example.com/hooks/claimcheck",
)
# The headers that every submission takes.
ASKED_WITH = (IDEMPOTENCY_KEY, CALLBACK_URL)
# The errors of every read of a job.
UNKNOWN_JOB: tuple[type[ClaimcheckError], ...] = (errors.MalformedJobId, errors.JobNotFound)
# The errors of every submission.
SUBMISSION: tuple[type[ClaimcheckError], ...] = (
    errors.MalformedJson,
    errors.InvalidIdempotencyKey,
    errors.BodyTooLarge,
    errors.UnsupportedMediaType,
    errors.InvalidFields,
    errors.IdempotencyKeyReused,
    errors.InsufficientCredits,
    errors.PlanRequired,
    errors.OutcomeUnknown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A response that is not an error. `headers` says for each header whether it is always sent."""

    description: str
    schema: Schema | None = None
    headers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The description of an endpoint. `id` is by default the endpoint's name.

    `errors` are those of the endpoint itself, without those of authentication and limits.
    """

    id: str = ""
    summary: str
    description: str
    answers: Mapping[int, Answer]
    errors: tuple[type[ClaimcheckError], ...] = ()
    parameters: tuple[Schema, ...] = ()
    body: Schema | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The description of a dialect.

    `shown` is a job in this dialect, at any path. `submission` describes the endpoint of a job type; by
    default its body is the input without the fields in the path. `problem` returns the schema of an error's
    body, from its status and its possible codes. The names of the dialect's errors start with `prefix`,
    because all dialects share one space of names.
    """

    tag: str
    description: str
    prefix: str = ""
    operations: Mapping[Endpoint, Operation]
    shown: Answer
    submission: Callable[[JobType], Operation]
    schemas: Mapping[str, Schema]
    security: Mapping[str, Schema]
    problem: Callable[[int, list[str]], Schema]


def accepted_answer(schema: str) -> Answer:
    headers = {"Location": True, "Retry-After": True, "Idempotent-Replayed": False}
    return Answer(description="The job was accepted.", schema=ref(schema), headers=headers)


def shown_answer(schema: str, description: str = "The job.") -> Answer:
    until = f"{description} `Retry-After` is sent until the job has ended."
    return Answer(description=until, schema=ref(schema), headers={"Retry-After": False})


def one_of(targets: Iterable[str]) -> Schema:
    """Return their union. Without targets nothing is valid: JSON Schema allows no empty `oneOf`."""
    members = [{"$ref": target} for target in targets]
    return {"oneOf": members} if members else {"not": {}}


def ref(name: str) -> Schema:
    return {"$ref": REF + name}
