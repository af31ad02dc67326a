"""Real encoded pictures for the tests of `image_thumbnails`, and reads of the results."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any, NamedTuple

from PIL import ExifTags, Image, ImageCms

from apps.samples.handlers.image_thumbnails import handle
from apps.samples.job_types.image_thumbnails import Input, Source, Thumbnail
from claimcheck.authoring import File
from claimcheck.testing import RecordingContext

RED, BLUE, WHITE = (254, 0, 0), (0, 0, 254), (255, 255, 255)


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def photo(width: int = 480, height: int = 320) -> Image.Image:
    """Return noise, which compresses as badly as a picture can."""
    return Image.merge("RGB", [Image.effect_noise((width, height), 80) for _ in range(3)])


def red_over_blue(width: int = 40, height: int = 80) -> Image.Image:
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width, height // 2))
    return image


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = value
    return exif


class Made(NamedTuple):
    """A result, with the contents of its files."""

    source: Source
    thumbnails: list[Thumbnail]
    files: list[bytes]


def thumbnails(data: bytes, context: RecordingContext | None = None, **wanted: Any) -> Made:
    context = context or RecordingContext()
    result = handle(Input(image=File.of(data), **{"sizes": [32], **wanted}), context)
    files = [context.files[each.file.name] for each in result.thumbnails]
    return Made(result.source, result.thumbnails, files)


def opened(made: Made, index: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(made.files[index]))


def pixel(image: Image.Image, x: int, y: int) -> Any:
    return image.getpixel((x, y))


def near(one: Any, other: Any) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def swapped_profile() -> bytes:
    """Return sRGB with the primaries of red and blue exchanged: red numbers mean blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmp.").replace(b"bXYZ", b"rXYZ").replace(b"tmp.", b"bXYZ")


def half_transparent() -> Image.Image:
    image = Image.new("RGBA", (64, 64), (*RED, 255))
    image.paste((0, 0, 0, 0), (0, 32, 64, 64))
    return image


def claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG whose header claims another size."""
    png = bytearray(encoded(Image.new("1", (4, 4))))
    png[16:24] = struct.pack(">II", width, height)
    png[29:33] = struct.pack(">I", zlib.crc32(png[12:29]))
    return bytes(png)
