"""The body of `POST /v1/uploads`, and its response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from claimcheck.authoring.catalog import JobModel, parsed
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.files import FILE_LIMIT, MEDIA_TYPE, check_media_type

if TYPE_CHECKING:
    from claimcheck.canonical.described import responses
    from claimcheck.http.contract import Call


class RequestUpload(JobModel):
    """A file to upload."""

    content_type: Annotated[str, AfterValidator(check_media_type)] = Field(
        description="The file's media type.",
        examples=["text/csv"],
        json_schema_extra={"pattern": f"^{MEDIA_TYPE.pattern}$"},
    )
    size: int = Field(
        description="The file's exact size in bytes: at most 1 GiB.", examples=[18], ge=1, le=FILE_LIMIT
    )


def request_upload(call: Call) -> responses.Upload:
    """Raises: InvalidFields, Unavailable; what `Request.json` raises."""
    asked = parsed(RequestUpload, call.request.json())
    upload = call.engine.uploads.request(call.org, asked.size, asked.content_type)
    return {
        "upload_id": upload.upload_id,
        "url": upload.request.url,
        "method": "PUT",
        "headers": upload.request.headers,
        "expires_at": rfc3339(upload.expires_at),
    }
