"""The handler of `image_thumbnails`: Pillow, with limits for hostile files."""

import io
import struct
import warnings
import zlib
from typing import Literal

from PIL import ExifTags, Image, ImageCms

from apps.samples.job_types.image_thumbnails import Input, Result, Source, Thumbnail
from claimcheck.authoring import Fail, JobContext

# 100 MB when decoded. A small PNG can claim a thousand times as many, so the header is checked first.
MAX_PIXELS = 25_000_000

# A progressive JPEG has about ten scans, but 745 KB can hold 16,000. Each is a pass over all pixels, in C
# code that no timer can interrupt.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"

FORMATS: dict[str, Literal["png", "jpeg", "webp", "gif"]] = {
    "PNG": "png",
    "JPEG": "jpeg",
    "MPO": "jpeg",  # Pillow's name for a phone's JPEG with a second picture (depth, gain map)
    "WEBP": "webp",
    "GIF": "gif",
}
SAVING: dict[str, dict[str, int | bool]] = {
    "png": {},
    "jpeg": {"quality": 85, "optimize": True},
    "webp": {"quality": 80},
}
# EXIF 2.32, tag 0x0112: the transposition that makes each orientation upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = range(5, 9)
SRGB = ImageCms.createProfile("sRGB")

# The errors of Pillow's decoders. Not `Exception`, which includes lack of time or memory.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error, zlib.error)


def handle(input: Input, job: JobContext) -> Result:
    with job.open(input.image) as file:
        source, image = _read(file.read(), max(input.sizes))
    thumbnails = list[Thumbnail]()
    for size in input.sizes:
        thumbnails.append(_thumbnail(job, image, size, input.format))
        job.progress(len(thumbnails), len(input.sizes), f"{size} px")
    return Result(source=source, thumbnails=thumbnails)


def _read(data: bytes, largest: int) -> tuple[Source, Image.Image]:
    try:
        # Warnings are about minor damage, or Pillow's own pixel limit, which is higher.
        with warnings.catch_warnings(action="ignore"):
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF"))
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            if FORMATS.get(image.format or "") == "jpeg" and data.count(START_OF_SCAN) > MAX_SCANS:
                raise Fail("image_too_complex", f"The JPEG has more than {MAX_SCANS} scans: save it again.")
            orientation = _orientation(image)
            width, height = reversed(image.size) if orientation in SIDEWAYS else image.size
            source = Source(format=FORMATS[image.format or ""], width=width, height=height)
            return source, _pixels(image, largest, orientation)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except DAMAGE as error:
        raise Fail("invalid_image", "The file is not a readable PNG, JPEG, WebP or GIF.") from error


def _too_many_pixels() -> Fail:
    return Fail("image_too_large", f"The image has more than {MAX_PIXELS:,} pixels: send a smaller one.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except DAMAGE:  # only the metadata is damaged
        return 1


def _pixels(image: Image.Image, largest: int, orientation: int) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits per pixel, which Pillow would clip to 8
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if mode == "RGBA" or image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert(mode)
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS)  # decodes a JPEG at reduced size
    if turn := TURNS.get(orientation):
        image = image.transpose(turn)
    return _in_srgb(image, profile, mode)


def _in_srgb(image: Image.Image, profile: bytes | None, mode: str) -> Image.Image:
    """Convert an image to sRGB. Without its profile, a wide-gamut picture would look pale."""
    if profile:
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, embedded, SRGB, outputMode=mode) or image
        except (ImageCms.PyCMSError, OSError):
            pass  # an invalid profile is ignored
    return image.convert(mode)


def _thumbnail(
    job: JobContext, image: Image.Image, size: int, format: Literal["png", "jpeg", "webp"]
) -> Thumbnail:
    small = image.copy()
    small.thumbnail((size, size), Image.Resampling.LANCZOS)
    if format == "jpeg" and small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    small.info = {}  # Pillow would write the profile and the comment from here
    buffer = io.BytesIO()
    small.save(buffer, format, **SAVING[format])
    file = job.save(f"{size}.{format}", buffer, f"image/{format}")
    return Thumbnail(size=size, width=small.width, height=small.height, file=file)
