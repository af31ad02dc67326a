"""The canonical dialect's responses about uploads and files, as types: see `http.responses`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.http.responses import JOB_ID, Id, Time, about


class Upload(TypedDict):
    """The request with which you upload the file. It needs no API key."""

    upload_id: Annotated[
        Id,
        about("Use it in a job's input, within 12 hours, once the file is uploaded.", JOB_ID),
    ]
    url: Annotated[
        str,
        about(
            "Send the file's bytes to it, as they are.",
            "https://bucket.s3.eu-central-1.amazonaws.com/uploads/4f1c?X-Amz-Signature=9a0b",
            json_schema_extra={"format": "uri"},
        ),
    ]
    method: Annotated[Literal["PUT"], Field(examples=["PUT"])]
    headers: Annotated[
        Mapping[str, str],
        about(
            "Send all of them, as they are. Browsers and most clients send `Content-Length` by themselves.",
            {"Content-Length": "18", "Content-Type": "text/csv", "If-None-Match": "*"},
        ),
    ]
    expires_at: Annotated[Time, about("The URL works until then.", "2026-06-21T11:00:00.000Z")]
