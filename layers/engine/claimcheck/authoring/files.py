"""Files of a job: the type of an input's field, and what a result says of a saved file."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from claimcheck.authoring.catalog import CHECKED, UNCHECKED, JobModel
from claimcheck.domain.files import (
    FILE_LIMIT,
    FILES_LIMIT,
    UPLOAD_ID,
    StoredFile,
    check_media_type,
    check_name,
)

# Bytes. In base64 it fits into a request body of 1 MiB with the rest of the request.
INLINE_LIMIT = 750_000
FORMS = 'must be an upload, such as {"upload_id": "…"}, or the file in base64'


@dataclass(frozen=True, slots=True)
class File:
    """A field of an input: an upload, or a small file in base64. `job.open` reads both.

    `size` is in bytes. `content_type` is what the uploader said, None for base64.
    """

    size: int
    content_type: str | None = None
    content: bytes | None = None
    upload_id: str | None = None
    etag: str | None = None

    @classmethod
    def of(cls, content: bytes, content_type: str | None = None) -> Self:
        """Return a file that is not an upload, for tests."""
        return cls(len(content), content_type, content)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(_written)
        return core_schema.with_info_plain_validator_function(_file, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {
                    "type": "object",
                    "description": "An upload of the last 12 hours (see `POST /v1/uploads`).",
                    "properties": {"upload_id": {"type": "string", "format": "uuid"}},
                    "required": ["upload_id"],
                    "additionalProperties": False,
                },
                {
                    "type": "string",
                    "description": f"At most {INLINE_LIMIT:,} bytes in base64 (RFC 4648, section 4: with "
                    "padding, without line breaks, without a `data:` prefix).",
                    "contentEncoding": "base64",
                    "minLength": 4,
                    "maxLength": INLINE_LIMIT * 4 // 3,
                },
            ]
        }


def at_most_bytes(limit: int) -> Callable[[File], File]:
    """Return an after-validator of a file's size."""

    def check(file: File) -> File:
        if file.size > limit:
            raise ValueError(f"has {file.size:,} bytes: at most {limit:,} are allowed")
        return file

    return check


class FileRef(JobModel):
    """A file of a result, as `job.save` returned it. A result with another one is refused."""

    name: str = Field(description="For people.", examples=["256.webp"])
    size: int = Field(ge=0, description="Bytes.", examples=[9716])
    content_type: str = Field(description="The media type.", examples=["image/webp"])
    url: str = Field(
        description="The path to download it from, until the job's `expires_at`.",
        examples=[
            "/v1/jobs/019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a/files/0006f1c0e2d9a8b7c6d5e4f3a2b1c0d9e8f/256.webp"
        ],
        json_schema_extra={"format": "uri-reference"},
    )

    @model_validator(mode="after")
    def _saved(self, info: ValidationInfo) -> Self:
        if isinstance(info.context, Mapping) and info.context.get(self.url) != self:
            raise ValueError("is not a file that this attempt has saved: use what job.save returns")
        return self


def readable(content: bytes | BinaryIO) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content


def check_file(name: str, content: BinaryIO, content_type: str, others: int) -> int:
    """Return the size of a new file. `others` is the number of files that the attempt has saved.

    Raises: ValueError if the name, the type, the size or the number of files is wrong, or the content is
    text, cannot be read, or has no end that can be looked for.
    """
    check_name(name)
    check_media_type(content_type)
    if others >= FILES_LIMIT:
        raise ValueError(f"an attempt can save {FILES_LIMIT:,} files: put more into an archive")
    size = content.seek(0, io.SEEK_END)
    if size > FILE_LIMIT:
        raise ValueError(f"a file can have {FILE_LIMIT:,} bytes, and this one has {size:,}")
    if content.read(0) != b"":
        raise ValueError(
            "a file must be binary, and this one has text: encode it, or open it with the mode w+b"
        )
    return size


def record_of(upload_id: str, stored: StoredFile) -> dict[str, Any]:
    """Return an upload as an accepted input has it."""
    return {"upload_id": upload_id, **stored._asdict()}


def _written(file: File) -> Any:
    if file.content is not None:
        return base64.b64encode(file.content).decode()
    return record_of(file.upload_id or "", StoredFile(file.etag or "", file.size, file.content_type or ""))


def _file(given: Any, info: ValidationInfo) -> File:
    match given:
        case File():
            return given
        case str():
            return File.of(_decoded(given))
        case {"upload_id": str(upload_id)}:
            return _upload(given, upload_id, checked=info.context == CHECKED)
    raise ValueError(FORMS)


def _upload(given: Mapping[str, Any], upload_id: str, *, checked: bool) -> File:
    if not UPLOAD_ID.fullmatch(upload_id):
        raise ValueError("has an upload_id that is no UUID: use the one that POST /v1/uploads returned")
    if checked and given.keys() == {"upload_id", *StoredFile._fields}:
        return File(given["size"], given["content_type"], None, upload_id.lower(), given["etag"])
    if given.keys() != {"upload_id"}:
        raise ValueError("must have the field upload_id and no other")
    raise PydanticCustomError(UNCHECKED, "has to be looked at", {"upload_id": upload_id.lower()})


def _decoded(text: str) -> bytes:
    if not 4 <= len(text) <= INLINE_LIMIT * 4 // 3:
        raise ValueError(f"must be 1 to {INLINE_LIMIT:,} bytes in base64: upload a larger file")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(
            "must be base64 (RFC 4648, section 4: padded, without line breaks), or an upload"
        ) from None
