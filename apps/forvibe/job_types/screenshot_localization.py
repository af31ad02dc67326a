"""Job type `screenshot_localization`: translate captions, and draw them onto their screenshots."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from apps.forvibe.app_store import Locale, ProjectId, language
from apps.forvibe.job_types.listing_localization import (
    CREDITS_A_LOCALE,
    MAX_TERMS,
    TRANSLATABLE,
    Translatable,
    each_once_elsewhere,
    is_translatable,
)
from claimcheck.authoring import File, FileRef, JobModel, JobType, at_most_bytes

# App Store Connect Help, "Upload app previews and screenshots": "up to 10 screenshots" for each display size.
MAX_SCREENSHOTS = 10
MAX_LOCALES = 10
MAX_CAPTIONS = 10
# A screenshot of the largest iPad, 2064 x 2752 pixels, has about 6 MB as a PNG.
MAX_IMAGE_BYTES = 20_000_000
# Two pictures are decoded at a time: 40 MB each.
MAX_PIXELS = 10_000_000
# Letters of these languages change their places and forms with their neighbours: a font alone is not enough.
UNDRAWN = frozenset({"bn", "gu", "hi", "kn", "ml", "mr", "or", "pa", "ta", "te"})
DRAWABLE = frozenset(locale for locale in TRANSLATABLE if language(locale) not in UNDRAWN)

# A picture of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CAPTION = {
    "text": "Know the water",
    "box": {"x": 120, "y": 160, "width": 1050, "height": 300},
    "size": 96,
}


def _drawable(locale: str) -> str:
    if is_translatable(locale) not in DRAWABLE:
        raise ValueError(f"{locale} cannot be drawn: its letters change their forms with their neighbours")
    return locale


Drawable = Annotated[
    Locale, AfterValidator(_drawable), WithJsonSchema({"type": "string", "enum": sorted(DRAWABLE)})
]


class Box(JobModel):
    """A place in the screenshot, in pixels from its top left corner."""

    x: int = Field(ge=0, examples=[120])
    y: int = Field(ge=0, examples=[160])
    width: int = Field(ge=1, examples=[1050])
    height: int = Field(ge=1, examples=[300])


class Caption(JobModel):
    text: str = Field(min_length=1, max_length=500, examples=["Know the water"])
    box: Box = Field(description="The place of the caption, within the screenshot.")
    size: int = Field(
        ge=8,
        le=400,
        description="The size of the font in pixels. A translation that does not fit is drawn smaller.",
        examples=[96],
    )
    color: str = Field(
        default="#ffffff",
        pattern=r"^#[0-9a-fA-F]{6}$",
        description="Red, green and blue.",
        examples=["#ffffff"],
    )
    align: Literal["start", "center", "end"] = Field(
        default="center",
        description="`start` is the left side in English, and the right side in Arabic and Hebrew.",
        examples=["center"],
    )


class Screenshot(JobModel):
    image: Annotated[File, AfterValidator(at_most_bytes(MAX_IMAGE_BYTES))] = Field(
        description="A PNG, JPEG or WebP picture without the captions: at most "
        f"{MAX_IMAGE_BYTES:,} bytes and {MAX_PIXELS:,} pixels.",
        examples=[PIXEL],
    )
    captions: list[Caption] = Field(min_length=1, max_length=MAX_CAPTIONS)


class Input(JobModel):
    project_id: ProjectId
    source_locale: Translatable = Field(
        default="en-US", description="The locale of the captions.", examples=["en-US"]
    )
    screenshots: list[Screenshot] = Field(
        min_length=1, max_length=MAX_SCREENSHOTS, examples=[[{"image": PIXEL, "captions": [CAPTION]}]]
    )
    locales: Annotated[
        list[Drawable],
        Field(
            min_length=1,
            max_length=MAX_LOCALES,
            description=f"The target locales, without the source's. Each costs {CREDITS_A_LOCALE} credits.",
            examples=[["de-DE", "ja", "ar-SA"]],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(each_once_elsewhere),
    ]
    keep: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list,
        max_length=MAX_TERMS,
        description="Names that stay untranslated: whole words, case-sensitive.",
        examples=[["Tide Table"]],
    )


class DrawnCaption(JobModel):
    text: str = Field(description="The translation.", examples=["Das Wasser kennen"])
    size: int = Field(description="The size of the font in pixels, after it was made to fit.", examples=[88])
    lines: list[str] = Field(description="The lines as they were drawn.", examples=[["Das Wasser", "kennen"]])
    fits: bool = Field(
        description="False if the translation fits at no size: its last lines are missing.",
        examples=[True],
    )


class LocalizedScreenshot(JobModel):
    file: FileRef = Field(description="The picture with its captions, in the format of the screenshot.")
    captions: list[DrawnCaption] = Field(description="In the order of the request.")


class Result(JobModel):
    source_locale: str = Field(description="As in the input.", examples=["en-US"])
    localizations: dict[str, list[LocalizedScreenshot]] = Field(
        description="By locale, and in the order of the screenshots."
    )
    characters_translated: int = Field(
        ge=0, description="Characters sent to the translator in this attempt.", examples=[310]
    )


JOB_TYPE = JobType(
    name="screenshot_localization",
    version=1,
    summary="Translate the captions of screenshots, and draw them onto the pictures",
    input=Input,
    result=Result,
    timeout=105,
    typical=30,
    deadline=600,
    retention=7 * 86400,
    price=lambda input: CREDITS_A_LOCALE * len(input.locales),
)
