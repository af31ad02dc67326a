"""The body of `POST /v1/jobs`. Only submissions, and whoever writes the API's reference, import this."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from claimcheck.catalog import MAX_DEADLINE, MAX_HORIZON, MAX_RETENTION, field_errors
from claimcheck.errors import InvalidFields
from claimcheck.model import DAY, MINUTE, SECOND
from claimcheck.service.submission import Draft

if TYPE_CHECKING:
    from claimcheck.service.submission import Submission

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _timestamp(value: object) -> int:
    """Milliseconds since the epoch of an RFC 3339 time, which always has an offset."""
    message = "must be an RFC 3339 time with an offset, such as 2026-06-12T10:00:15Z"
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValueError(message)
    try:
        return (datetime.fromisoformat(value.upper()) - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise ValueError(message) from None


Timestamp = Annotated[
    int, BeforeValidator(_timestamp), WithJsonSchema({"type": "string", "format": "date-time"})
]
# As Stripe's metadata (Stripe API Reference, "Metadata").
MetadataKey = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\[\]]+$")]
MetadataValue = Annotated[str, Field(max_length=500)]


class SubmitJob(BaseModel):
    """A job to be done."""

    model_config = ConfigDict(extra="forbid", strict=True)

    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    input: Annotated[dict[str, Any], Field(description="What the job type takes.")]
    run_at: Annotated[
        Timestamp | None,
        Field(
            description="When to start; now if absent. At most a day in the past, which starts it "
            f"now, and at most {MAX_HORIZON // DAY} days ahead."
        ),
    ] = None
    deadline: Annotated[
        Timestamp | None,
        Field(
            description="When to give up; the job type's own time after `run_at` if absent. "
            f"After `run_at`, and by at most {MAX_DEADLINE // DAY} days."
        ),
    ] = None
    retention_seconds: Annotated[
        int | None,
        Field(
            description="How long the ended job can be read; the job type's own if absent.",
            ge=MINUTE // SECOND,
            le=MAX_RETENTION // SECOND,
        ),
    ] = None
    metadata: Annotated[
        dict[MetadataKey, MetadataValue],
        Field(description="Yours, returned as it came: at most 50 entries.", max_length=50),
    ] = {}


def submission_of(body: object, org: str, submission: Submission) -> Draft:
    """Raises: InvalidFields, which names every wrong field of the body and of its input."""
    from claimcheck.dialects.canonical import NAME

    try:
        asked = SubmitJob.model_validate(body)
    except ValidationError as error:
        errors = field_errors(error)
        if isinstance(body, dict) and isinstance(body.get("input"), dict) and "type" in body:
            errors += submission.errors_in(body["type"], body["input"])
        raise InvalidFields(errors) from None
    retention = asked.retention_seconds
    return Draft(
        org=org,
        dialect=NAME,
        type=asked.type,
        input=asked.input,
        run_at=asked.run_at,
        deadline=asked.deadline,
        retention=None if retention is None else retention * SECOND,
        metadata=asked.metadata,
    )
