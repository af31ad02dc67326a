"""What a dialect says of itself: the function `reference` of its module `described.reference`.

The paths are not in it: they are the dialect's routes, and each must find its operation here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claimcheck.domain import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.http.contract import Endpoint

    # What a dialect's module `described.reference` has: given the catalogue, and the job types that the
    # dialect submits, by path.
    Describe = Callable[[Catalog, Mapping[str, JobType]], "Reference"]

Schema = dict[str, Any]
REF = "#/components/schemas/"
IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes it safe to send a request again: with the same key and body you get the first "
    "answer, however often you ask and whatever has become of the job, for at least a day and for as long "
    "as the job can be read. Keys are your own, such as a UUID for each order.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "order-6735",
}
CALLBACK_URL: Schema = {
    "name": "Claimcheck-Callback-Url",
    "in": "header",
    "description": "Where the job's end is told, as `POST /v1/jobs` has it in `callback_url`: by a signed "
    "`POST` of the job in canonical form, whatever the contract that it was submitted in. https, at most "
    "2,048 characters, without credentials.",
    "schema": {"type": "string", "format": "uri", "maxLength": 2048},
    "example": "https://app.example.com/hooks/claimcheck",
}
# The headers that every submission takes.
ASKED_WITH = (IDEMPOTENCY_KEY, CALLBACK_URL)
# What every read of a job can meet.
UNKNOWN_JOB: tuple[type[ClaimcheckError], ...] = (errors.MalformedJobId, errors.JobNotFound)
# What a submission can meet at its endpoint.
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
    """An answer that is no error. `headers`: whether each is always there, by its name."""

    description: str
    schema: Schema | None = None
    headers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`errors` are those of the endpoint itself, without what authentication and limits add."""

    id: str
    summary: str
    description: str
    answers: Mapping[int, Answer]
    errors: tuple[type[ClaimcheckError], ...] = ()
    parameters: tuple[Schema, ...] = ()
    body: Schema | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`shown` is a job as the dialect shows it, wherever that is. `submission` describes the endpoint of a
    job type in this dialect: unless it says otherwise, the body is the input without the fields in the path.
    `problem` is the schema of an error's body, given its status
    and the codes that it may have; `prefix` begins the names of the dialect's errors where all dialects share
    one space of names."""

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
    """The 202 to a submission."""
    headers = {"Location": True, "Retry-After": True, "Idempotent-Replayed": False}
    return Answer(description="Accepted.", schema=ref(schema), headers=headers)


def shown_answer(schema: str, description: str = "The job as it is now.") -> Answer:
    """The 200 that shows a job."""
    until = f"{description} `Retry-After` is there until it has ended."
    return Answer(description=until, schema=ref(schema), headers={"Retry-After": False})


def one_of(targets: Iterable[str]) -> Schema:
    """One of these schemas. Of none nothing is valid: an empty `oneOf` would be no JSON Schema."""
    members = [{"$ref": target} for target in targets]
    return {"oneOf": members} if members else {"not": {}}


def ref(name: str) -> Schema:
    return {"$ref": REF + name}
