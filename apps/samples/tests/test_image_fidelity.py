"""A thumbnail keeps its picture's orientation, colours and transparency."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms

from apps.samples.tests.pictures import (
    BLUE,
    RED,
    WHITE,
    encoded,
    half_transparent,
    near,
    opened,
    orientation,
    photo,
    pixel,
    red_over_blue,
    swapped_profile,
    thumbnails,
)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (1, red_over_blue()),
        (2, red_over_blue()),
        (3, red_over_blue().rotate(180)),
        (4, red_over_blue().rotate(180)),
        (5, red_over_blue().rotate(90, expand=True)),
        (6, red_over_blue().rotate(90, expand=True)),
        (7, red_over_blue().rotate(270, expand=True)),
        (8, red_over_blue().rotate(270, expand=True)),
    ],
)
def test_a_picture_comes_out_upright_however_it_was_held(kind: str, value: int, stored: Image.Image) -> None:
    result = thumbnails(encoded(stored, kind, exif=orientation(value)), sizes=[64])

    upright = opened(result)
    assert (result.source.width, result.source.height) == (40, 80)
    assert upright.size == (32, 64)
    assert near(pixel(upright, 16, 8), RED)
    assert near(pixel(upright, 16, 56), BLUE)


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", orientation(99)])
def test_damaged_metadata_does_not_spoil_a_picture(exif: bytes | Image.Exif) -> None:
    result = thumbnails(encoded(red_over_blue(), "PNG", exif=exif), sizes=[64])

    assert (result.source.width, result.source.height) == (40, 80)
    assert near(pixel(opened(result), 16, 8), RED)


@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_no_metadata_is_left_in_a_thumbnail(format: str) -> None:
    exif = orientation(6)
    exif[ExifTags.Base.Model] = "Coat Camera"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = encoded(photo(), "JPEG", exif=exif, icc_profile=srgb, comment=b"Coat Comment", xmp=b"<Coat/>")

    result = thumbnails(picture, format=format)

    image = opened(result)
    image.load()
    assert dict(image.getexif()) == {}
    assert not {"icc_profile", "comment", "xmp", "exif"} & set(image.info)
    assert b"Coat" not in result.files[0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_colours_are_converted_to_srgb_before_the_profile_is_dropped(kind: str) -> None:
    result = thumbnails(encoded(red_over_blue(), kind, icc_profile=swapped_profile()), sizes=[64])

    assert near(pixel(opened(result), 16, 8), BLUE)
    assert near(pixel(opened(result), 16, 56), RED)


def test_a_profile_that_cannot_be_used_is_as_none() -> None:
    result = thumbnails(encoded(red_over_blue(), icc_profile=b"nonsense"), sizes=[64])

    assert near(pixel(opened(result), 16, 8), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("format", ["png", "webp"])
def test_transparency_is_kept_where_the_format_knows_it(kind: str, format: str) -> None:
    image = opened(thumbnails(encoded(half_transparent(), kind), format=format))

    assert image.mode == "RGBA"
    assert near(pixel(image, 16, 4), (*RED, 255))
    assert pixel(image, 16, 28)[3] == 0


def test_transparency_becomes_a_white_ground_in_jpeg() -> None:
    image = opened(thumbnails(encoded(half_transparent()), format="jpeg"))

    assert near(pixel(image, 16, 4), RED)
    assert near(pixel(image, 16, 28), WHITE)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("1", 1, WHITE),
        ("L", 128, (128, 128, 128)),
        ("LA", (128, 255), (128, 128, 128, 255)),
        ("I;16", 0x8080, (128, 128, 128)),
    ],
)
def test_pictures_without_colour_keep_their_greys(mode: str, colour: Any, seen: Any) -> None:
    image = opened(thumbnails(encoded(Image.new(mode, (64, 64), colour))))

    assert near(pixel(image, 16, 16), seen)


def test_a_picture_for_print_is_turned_to_screen_colours() -> None:
    image = opened(thumbnails(encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG")))

    assert near(pixel(image, 16, 16), RED)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), RED), Image.new("RGB", (64, 64), BLUE)]

    image = opened(thumbnails(encoded(frames[0], kind, save_all=True, append_images=frames[1:])))

    assert getattr(image, "n_frames", 1) == 1
    assert near(pixel(image.convert("RGB"), 16, 16), RED)
