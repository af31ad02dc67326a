"""What `image_thumbnails` takes and gives: one picture in, several sizes of it out.

Pillow must not be imported here: it ships with the worker alone, and this is loaded wherever a
job is submitted.
"""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)

# As base64 it fills most of a request body of 1 MiB, and leaves room for the rest of the request.
MAX_IMAGE_BYTES = 750_000


def _strict_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64 (RFC 4648, section 4: padded, without line breaks)") from None
    return text


def _unique(sizes: list[int]) -> list[int]:
    if len(set(sizes)) < len(sizes):
        raise ValueError("a size stands more than once")
    return sizes


class Input(JobModel):
    image: Annotated[
        str,
        Field(
            min_length=4,
            max_length=MAX_IMAGE_BYTES * 4 // 3,
            description=(
                f"A PNG, JPEG, WebP or GIF file of at most {MAX_IMAGE_BYTES:,} bytes, in base64 (RFC 4648, "
                "section 4: with padding, without line breaks, without a `data:` prefix). Of an animation, "
                "the first frame counts."
            ),
            examples=[
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            ],
            json_schema_extra={"contentEncoding": "base64", "contentMediaType": "image/*"},
        ),
        AfterValidator(_strict_base64),
    ]
    sizes: Annotated[
        list[Annotated[int, Field(ge=16, le=2048)]],
        Field(
            min_length=1,
            max_length=10,
            description="The longest edge of each thumbnail, in pixels; each size once.",
            examples=[[64, 256, 1024]],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(_unique),
    ]
    format: Annotated[
        Literal["png", "jpeg", "webp"],
        Field(
            description="What they are written in. JPEG knows no transparency: it gets a white ground.",
            examples=["webp"],
        ),
    ] = "png"


class Source(JobModel):
    format: Annotated[
        Literal["png", "jpeg", "webp", "gif"],
        Field(description="What the file is, whatever it was called.", examples=["jpeg"]),
    ]
    width: Annotated[
        int, Field(ge=1, description="In pixels, held upright (EXIF orientation).", examples=[4032])
    ]
    height: Annotated[int, Field(ge=1, description="In pixels, held upright.", examples=[3024])]


class Thumbnail(JobModel):
    size: Annotated[int, Field(description="The longest edge that was asked for.", examples=[256])]
    width: Annotated[
        int,
        Field(
            ge=1,
            description="In pixels. A picture is never enlarged: a small one keeps its size.",
            examples=[256],
        ),
    ]
    height: Annotated[int, Field(ge=1, description="In pixels.", examples=[192])]
    media_type: Annotated[
        Literal["image/png", "image/jpeg", "image/webp"],
        Field(description="Of `data`, once decoded.", examples=["image/webp"]),
    ]
    bytes: Annotated[int, Field(ge=1, description="The length of `data`, once decoded.", examples=[9716])]
    data: Annotated[
        str,
        Field(
            description="The file, in base64: pixels in sRGB and no metadata, so no place and no camera.",
            json_schema_extra={"contentEncoding": "base64", "contentMediaType": "image/*"},
        ),
    ]


class Result(JobModel):
    source: Annotated[Source, Field(description="The picture that was sent.")]
    thumbnails: Annotated[
        list[Thumbnail],
        Field(min_length=1, max_length=10, description="One for each size, in the order asked for."),
    ]


JOB_TYPE = JobType(
    name="image_thumbnails",
    version=1,
    summary="Several sizes of a picture, upright and without its metadata",
    input=Input,
    result=Result,
    timeout=60,
    typical=2,
    deadline=3600,
    retention=86400,
    retry=RetryPolicy(max_attempts=3, base=1, cap=60),
)
