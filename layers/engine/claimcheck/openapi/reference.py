"""The description of a dialect: what the function `reference` of its module `described.reference` returns.

It has no paths. Those are the dialect's routes, and each route's endpoint must have an operation here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from claimcheck.authoring.catalog import Catalog, JobType
from claimcheck.domain import errors
from claimcheck.domain.flows import FLOW_NAME
from claimcheck.http.contract import Call, Response
from claimcheck.http.paging import DEFAULT_LIMIT
from claimcheck.http.responses import JOB_ID
from claimcheck.service.reader import MAX_PAGE

Schema = dict[str, Any]
Kind = type[errors.ClaimcheckError]
# Takes the catalogue, and the job types that the dialect submits, by path.
Describe = Callable[[Catalog, Mapping[str, JobType]], "Reference"]
Operations = Mapping[Callable[[Call], Response], "Operation"]

REF = "#/components/schemas/"
UUID: Schema = {"type": "string", "format": "uuid"}
LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_LIMIT}


def parameter(
    place: Literal["path", "query", "header"],
    name: str,
    description: str,
    schema: Schema,
    example: str | None = None,
) -> Schema:
    return {
        "name": name,
        "in": place,
        **({"required": True} if place == "path" else {}),
        **({"description": description} if description else {}),
        "schema": schema,
        **({} if example is None else {"example": example}),
    }


def path_id(name: str, description: str, example: str = JOB_ID) -> Schema:
    """Describe a job's id in a path."""
    return parameter("path", name, description, UUID, example)


def path_name(thing: str, pattern: re.Pattern[str], example: str) -> Schema:
    """Describe the name of a flow or a schedule in a path."""
    text = {"type": "string", "pattern": f"^{pattern.pattern}$"}
    return parameter("path", "name", f"The {thing}'s name, which you choose.", text, example)


def paging(limit: str, cursor: Schema = UUID) -> tuple[Schema, Schema]:
    """Describe `limit`, in the words given, and `cursor`, by default a job's id."""
    return (
        parameter("query", "limit", limit, LIMIT),
        parameter("query", "cursor", "The `next_cursor` of the previous page.", cursor),
    )


def bearer(key: str) -> Schema:
    return {"type": "http", "scheme": "bearer", "description": f"`Authorization: Bearer {key}`"}


def key_header(description: str) -> Schema:
    return {"type": "apiKey", "in": "header", "name": "x-api-key", "description": description}


IDEMPOTENCY_KEY = parameter(
    "header",
    "Idempotency-Key",
    "Makes a retry safe. A request with the same key and body gets the first response again while the "
    "job can be read, and 409 `job_expired` after that, for the rest of a day. Use a unique value of your "
    "own, such as a UUID for each order.",
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
UNIQUE_KEY = parameter(
    "header",
    "Claimcheck-Unique-Key",
    "A name of your own for the work, like `unique_key` of `POST /v1/jobs`. While a job of your organisation "
    "with this key has not ended, the response is 409 `duplicate_job`.",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "report-of-customer-6735",
)
FLOW = parameter(
    "header",
    "Claimcheck-Flow",
    "The name of the flow that limits the job, like `flow` of `POST /v1/jobs`.",
    {"type": "string", "pattern": f"^{FLOW_NAME.pattern}$"},
    "renderer",
)
# The headers that every submission takes.
ASKED_WITH = (IDEMPOTENCY_KEY, CALLBACK_URL, UNIQUE_KEY, FLOW)
# The errors of every read of a job.
UNKNOWN_JOB: tuple[Kind, ...] = (errors.MalformedJobId, errors.JobNotFound)
# The errors of a body's form.
UNREADABLE: tuple[Kind, ...] = (errors.MalformedJson, errors.BodyTooLarge, errors.UnsupportedMediaType)
# The errors of a submission without a body, and of every other one.
START: tuple[Kind, ...] = (
    errors.InvalidIdempotencyKey,
    errors.InvalidFields,
    errors.IdempotencyKeyReused,
    errors.JobExpired,
    errors.InsufficientCredits,
    errors.PlanRequired,
    errors.DailyLimitReached,
    errors.FlowFull,
    errors.OutcomeUnknown,
)
SUBMISSION: tuple[Kind, ...] = (*UNREADABLE, *START, errors.DuplicateJob)


@dataclass(frozen=True, slots=True)
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
    errors: tuple[Kind, ...] = ()
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
    operations: Operations
    shown: Answer
    submission: Callable[[JobType], Operation]
    schemas: Mapping[str, Schema]
    security: Mapping[str, Schema]
    problem: Callable[[int, list[str]], Schema]


def accepted_answer(schema: str, description: str = "The job was accepted.") -> Answer:
    headers = {"Location": True, "Retry-After": True, "Idempotent-Replayed": False}
    return Answer(description, ref(schema), headers)


def shown_answer(schema: str, description: str = "The job.") -> Answer:
    until = f"{description} `Retry-After` is sent until the job has ended."
    return Answer(until, ref(schema), {"Retry-After": False})


def ref(name: str) -> Schema:
    return {"$ref": REF + name}
