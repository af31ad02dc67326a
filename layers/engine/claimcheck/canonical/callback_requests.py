"""The body of `PUT /v1/callbacks/default`."""

from typing import Literal

from pydantic import Field

from claimcheck.authoring.catalog import JobModel, parsed
from claimcheck.service.callbacks.settings import MAX_URL, DefaultCallback


class PutDefaultCallback(JobModel):
    """The callback of jobs that ask for none themselves, and whose schedule asks for none."""

    url: str = Field(
        description="The URL to call. It receives a signed `POST` of the ended job. https, a public "
        "address, without credentials. Your organisation needs a signing secret.",
        max_length=MAX_URL,
        json_schema_extra={"format": "uri"},
        examples=["https://app.example.com/hooks/claimcheck"],
    )
    on: Literal["failed", "ended"] = Field(
        default="failed",
        description="Whether to call for each job that has failed, or for each that has ended.",
    )


def default_callback_of(body: object) -> DefaultCallback:
    """Raises: InvalidFields, which names every wrong field."""
    asked = parsed(PutDefaultCallback, body)
    return DefaultCallback(asked.url, asked.on)
