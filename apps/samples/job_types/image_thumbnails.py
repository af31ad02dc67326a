"""The contract of the job type `image_thumbnails`: a picture, and files with thumbnails of it.

Do not import Pillow here: submissions load this module, and only the worker has Pillow.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from claimcheck.authoring import File, FileRef, JobModel, JobType, at_most_bytes

MAX_IMAGE_BYTES = 25_000_000


def _unique(sizes: list[int]) -> list[int]:
    if len(set(sizes)) < len(sizes):
        raise ValueError("has a size more than once")
    return sizes


class Input(JobModel):
    image: Annotated[
        File,
        Field(
            description=f"A PNG, JPEG, WebP or GIF file of at most {MAX_IMAGE_BYTES:,} bytes. Only the first "
            "frame of an animation is used.",
            examples=[
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            ],
        ),
        AfterValidator(at_most_bytes(MAX_IMAGE_BYTES)),
    ]
    sizes: Annotated[
        list[Annotated[int, Field(ge=16, le=2048)]],
        Field(
            min_length=1,
            max_length=10,
            description="The longest edge of each thumbnail, in pixels. Each size once.",
            examples=[[64, 256, 1024]],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(_unique),
    ]
    format: Literal["png", "jpeg", "webp"] = Field(
        default="png",
        description="The format of the thumbnails. JPEG has a white background for transparency.",
        examples=["webp"],
    )


class Source(JobModel):
    format: Literal["png", "jpeg", "webp", "gif"] = Field(
        description="Detected from the content.", examples=["jpeg"]
    )
    width: int = Field(ge=1, description="Pixels, after EXIF orientation is applied.", examples=[4032])
    height: int = Field(ge=1, description="Pixels, after EXIF orientation is applied.", examples=[3024])


class Thumbnail(JobModel):
    size: int = Field(description="The requested longest edge, in pixels.", examples=[256])
    width: int = Field(ge=1, description="Pixels. Pictures are never enlarged.", examples=[256])
    height: int = Field(ge=1, description="Pixels.", examples=[192])
    file: FileRef = Field(description="The thumbnail: pixels in sRGB, without metadata such as the location.")


class Result(JobModel):
    source: Source = Field(description="The picture that was sent.")
    thumbnails: list[Thumbnail] = Field(
        min_length=1, max_length=10, description="One for each size, in the order of `sizes`."
    )


JOB_TYPE = JobType(
    name="image_thumbnails",
    version=1,
    summary="Thumbnails of a picture, upright and without metadata",
    input=Input,
    result=Result,
    timeout=60,
    typical=2,
    deadline=3600,
    retention=86400,
)
