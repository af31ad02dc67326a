"""The body of `POST /v1/jobs`. Only submissions and the API's description import this module."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from claimcheck.authoring.catalog import (
    MAX_DEADLINE,
    MAX_HORIZON,
    MAX_RETENTION,
    JobModel,
    at_most,
    field_errors,
)
from claimcheck.authoring.timestamps import Timestamp
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import DAY, MINUTE, SECOND
from claimcheck.domain.json_text import compact
from claimcheck.domain.keys import ApiKey
from claimcheck.service.callbacks.settings import MAX_URL
from claimcheck.service.submission import Draft, Submission

M = TypeVar("M", bound=JobModel)


def _without_brackets(name: str) -> str:
    if "[" in name or "]" in name:
        raise ValueError("must have no square brackets in its name")
    return name


def _small(metadata: dict[str, str]) -> dict[str, str]:
    size = len(compact(metadata).encode())
    if size > METADATA_LIMIT:
        raise ValueError(f"has {size:,} bytes as JSON in UTF-8: at most {METADATA_LIMIT:,} are allowed")
    return metadata


# The service checks it, for headers too.
UNIQUE_KEY: dict[str, Any] = {"minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
# The limits of Stripe's metadata (Stripe API Reference, "Metadata"), and bytes in all: DynamoDB bills every
# write of the job by its size.
METADATA_ENTRIES = 50
METADATA_LIMIT = 8 * 1024
METADATA_NAMES = {"minLength": 1, "maxLength": 40, "pattern": r"^[^\[\]]*$"}
MetadataName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_without_brackets)]
MetadataValue = Annotated[str, Field(max_length=500)]
Metadata = Annotated[
    dict[MetadataName, MetadataValue],
    Field(max_length=METADATA_ENTRIES, json_schema_extra={"propertyNames": METADATA_NAMES}),
    BeforeValidator(at_most(METADATA_ENTRIES, "entries")),
    AfterValidator(_small),
]


class SubmitJob(JobModel):
    """A new job."""

    type: str = Field(description="The job type's name.", examples=["text_statistics"])
    input: dict[str, Any] = Field(description="The job type's input.")
    run_at: Timestamp | None = Field(
        default=None,
        description=f"When to start. Default: now. At most {MAX_HORIZON // DAY} days ahead. A time in "
        "the past means now, and must be less than a day ago.",
    )
    deadline: Timestamp | None = Field(
        default=None,
        description=f"When to give up: after `run_at`, by at most {MAX_DEADLINE // DAY} days. The "
        "default depends on the job type.",
    )
    start_by: Timestamp | None = Field(
        default=None,
        description="The latest start, after `run_at`. A job that has not started by then fails with "
        "`expired`. Default: none, the job can start until its `deadline`.",
    )
    unique_key: str | None = Field(
        default=None,
        description="A name of your own for the work. While a job of your organisation with this key has "
        "not ended, no other one is accepted. 1 to 255 printable ASCII characters.",
        json_schema_extra=UNIQUE_KEY,
    )
    on_duplicate: Literal["reject", "existing"] = Field(
        default="reject",
        description="How to answer while another job has the `unique_key`: 409 `duplicate_job`, or 200 "
        "with that job.",
    )
    retention_seconds: int | None = Field(
        default=None,
        description="Seconds for which the ended job can be read. The default depends on the job type.",
        ge=MINUTE // SECOND,
        le=MAX_RETENTION // SECOND,
    )
    metadata: Metadata = Field(
        default={},
        description="Your own data, returned unchanged. At most 50 entries, and 8 KiB (8,192 bytes) as "
        "JSON. Names: at most 40 characters, without square brackets. Values: at most 500 characters.",
        examples=[{"order": "6735"}],
    )
    callback_url: str | None = Field(
        default=None,
        description="The URL to call when the job ends. It receives a signed `POST` of the ended job. "
        "https, a public address, without credentials. Your organisation needs a signing secret.",
        max_length=MAX_URL,
        json_schema_extra={"format": "uri"},
    )
    flow: str | None = Field(
        default=None,
        description="The flow that limits when the job starts: the name of one that your organisation "
        "has stored with `PUT /v1/flows/{name}`. Not for job types with a flow of their own.",
    )


def submission_of(body: object, key: ApiKey, submission: Submission) -> Draft:
    """Return the job that a body asks for.

    Raises: InvalidFields, which names every wrong field of the body and of its input.
    """
    asked, wrong = valid_part(SubmitJob, body)
    draft = _draft(asked, key)
    if wrong:
        names = {field_of(each) for each in wrong}
        raise InvalidFields(
            wrong + [each for each in submission.errors_in(draft) if field_of(each) not in names]
        )
    return draft


def valid_part(model: type[M], body: object) -> tuple[M, list[FieldError]]:
    """Return the model of the body's valid fields, and the errors of the others.

    Raises: InvalidFields if the body is not an object.
    """
    try:
        return model.model_validate(body), []
    except ValidationError as error:
        wrong = field_errors(error)
    if not isinstance(body, dict):
        raise InvalidFields(wrong)
    names = {field_of(each) for each in wrong}
    right = {name: body[name] for name in model.model_fields if name in body and name not in names}
    return model.model_validate({"type": "", "input": {}} | right), wrong


def field_of(error: FieldError) -> str:
    return error.pointer.split("/")[1] if error.pointer else ""


def _draft(asked: SubmitJob, key: ApiKey) -> Draft:
    from claimcheck.canonical.rendering import NAME

    retention = asked.retention_seconds
    return Draft(
        org=key.org,
        plan=key.plan,
        dialect=NAME,
        type=asked.type,
        input=asked.input,
        run_at=asked.run_at,
        deadline=asked.deadline,
        retention=None if retention is None else retention * SECOND,
        metadata=asked.metadata,
        callback_url=asked.callback_url,
        start_by=asked.start_by,
        unique_key=asked.unique_key,
        on_duplicate=asked.on_duplicate,
        flow=asked.flow,
    )
