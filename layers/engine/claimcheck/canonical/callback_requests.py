"""The body of `PUT /v1/callbacks/default`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.authoring.catalog import field_errors
from claimcheck.domain.errors import InvalidFields
from claimcheck.service.callbacks.settings import MAX_URL, DefaultCallback


class PutDefaultCallback(BaseModel):
    """The callback of jobs that ask for none themselves, and whose schedule asks for none."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Annotated[
        str,
        Field(
            description="The URL to call. It receives a signed `POST` of the ended job. https, a public "
            "address, without credentials. Your organisation needs a signing secret.",
            max_length=MAX_URL,
            json_schema_extra={"format": "uri"},
            examples=["https://app.example.com/hooks/claimcheck"],
        ),
    ]
    on: Annotated[
        Literal["failed", "ended"],
        Field(description="Whether to call for each job that has failed, or for each that has ended."),
    ] = "failed"


def default_callback_of(body: object) -> DefaultCallback:
    """Raises: InvalidFields, which names every wrong field."""
    try:
        asked = PutDefaultCallback.model_validate(body)
    except ValidationError as error:
        raise InvalidFields(field_errors(error)) from error
    return DefaultCallback(asked.url, asked.on)
