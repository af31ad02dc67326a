"""The body of `POST /v1/uploads`, and its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from claimcheck.authoring.catalog import field_errors
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import InvalidFields
from claimcheck.domain.files import FILE_LIMIT, MEDIA_TYPE, check_media_type

if TYPE_CHECKING:
    from claimcheck.canonical.described import file_responses
    from claimcheck.http.contract import Call


def _media_type(text: str) -> str:
    check_media_type(text)
    return text


class RequestUpload(BaseModel):
    """A file to upload."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content_type: Annotated[
        str,
        AfterValidator(_media_type),
        Field(
            description="The file's media type.",
            examples=["text/csv"],
            json_schema_extra={"pattern": f"^{MEDIA_TYPE.pattern}$"},
        ),
    ]
    size: Annotated[
        int,
        Field(
            description="The file's exact size in bytes: at most 1 GiB.", examples=[18], ge=1, le=FILE_LIMIT
        ),
    ]


def request_upload(call: Call) -> file_responses.Upload:
    """Raises: InvalidFields, Unavailable; what `Request.json` raises."""
    try:
        asked = RequestUpload.model_validate(call.request.json())
    except ValidationError as error:
        raise InvalidFields(field_errors(error)) from error
    upload = call.engine.uploads.request(call.org, asked.size, asked.content_type)
    return {
        "upload_id": upload.upload_id,
        "url": upload.request.url,
        "method": "PUT",
        "headers": upload.request.headers,
        "expires_at": rfc3339(upload.expires_at),
    }
