from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from pydantic import ValidationError

from apps.samples.handlers.image_thumbnails import START_OF_SCAN, handle
from apps.samples.job_types.image_thumbnails import MAX_IMAGE_BYTES, Input
from apps.samples.tests.pictures import claiming, encoded, opened, photo, thumbnails
from claimcheck.authoring import Fail, File
from claimcheck.testing import RecordingContext

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("format", ["png", "jpeg", "webp"])
def test_every_kind_of_picture_becomes_every_kind_of_thumbnail(kind: str, format: str) -> None:
    result = thumbnails(encoded(photo(600, 400), kind), sizes=[300, 60], format=format)

    assert result.source.model_dump() == {"format": kind.lower(), "width": 600, "height": 400}
    assert [(each.size, each.width, each.height) for each in result.thumbnails] == [
        (300, 300, 200),
        (60, 60, 40),
    ]
    for index, each in enumerate(result.thumbnails):
        image = opened(result, index)
        assert image.size == (each.width, each.height)
        assert image.format == format.upper()
        assert each.file.name == f"{each.size}.{format}"
        assert each.file.content_type == f"image/{format}"
        assert each.file.size == len(result.files[index])


def test_the_format_is_png_unless_another_is_asked_for() -> None:
    assert opened(thumbnails(encoded(photo(), "JPEG"))).format == "PNG"


def test_a_picture_is_never_enlarged() -> None:
    (thumbnail,) = thumbnails(encoded(photo(40, 20)), sizes=[512]).thumbnails

    assert (thumbnail.size, thumbnail.width, thumbnail.height) == (512, 40, 20)


def test_a_strip_keeps_at_least_one_pixel_of_its_shorter_edge() -> None:
    (thumbnail,) = thumbnails(encoded(Image.new("RGB", (5000, 2))), sizes=[16]).thumbnails

    assert (thumbnail.width, thumbnail.height) == (16, 1)


def test_a_jpeg_of_thousands_of_scans_is_refused_at_once() -> None:
    jpeg = encoded(Image.new("L", (5000, 5000)), "JPEG", progressive=True)
    scans, end = jpeg[jpeg.rindex(START_OF_SCAN) : -2], jpeg[-2:]
    before = time.process_time()

    with pytest.raises(Fail) as failed:
        thumbnails(jpeg[:-2] + scans * (600_000 // len(scans)) + end)

    assert failed.value.code == "image_too_complex"
    assert time.process_time() - before < 1


def test_a_progressive_jpeg_is_a_jpeg() -> None:
    assert thumbnails(encoded(photo(), "JPEG", progressive=True)).source.format == "jpeg"


def test_a_phones_jpeg_with_a_second_picture_in_it_is_a_jpeg() -> None:
    result = thumbnails(encoded(photo(80, 40), "MPO", save_all=True, append_images=[photo(40, 20)]))

    assert result.source.model_dump() == {"format": "jpeg", "width": 80, "height": 40}


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"not a picture",
        lambda: encoded(photo(), "BMP"),
        lambda: encoded(photo(), "JPEG")[:1000],
        lambda: encoded(photo())[:1000],
        lambda: encoded(photo(), "WEBP")[:1000],
        lambda: encoded(photo(40, 20), "GIF")[:10],
    ],
)
def test_invalid_and_damaged_pictures_fail_with_their_codes(make: Callable[[], bytes]) -> None:
    with pytest.raises(Fail) as failed:
        thumbnails(make())

    assert failed.value.code == "invalid_image"


@pytest.mark.parametrize(("width", "height"), [(5000, 5001), (12_000, 12_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_recognised_by_its_header(width: int, height: int) -> None:
    with pytest.raises(Fail) as failed:
        thumbnails(claiming(width, height))

    assert failed.value.code == "image_too_large"
    assert "25,000,000" in failed.value.message


def test_each_size_is_reported_as_progress() -> None:
    context = RecordingContext()

    thumbnails(encoded(photo()), context, sizes=[256, 64, 16])

    assert context.reported == [(1, 3, "256 px"), (2, 3, "64 px"), (3, 3, "16 px")]


VALID: dict[str, Any] = {"image": base64.b64encode(encoded(Image.new("1", (4, 4)))).decode(), "sizes": [16]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"image": ""}, ("image",)),
        ({"image": "AAAA\n"}, ("image",)),
        ({"image": "AAA"}, ("image",)),
        ({"image": "data:image/png;base64,AAAA"}, ("image",)),
        ({"image": "____"}, ("image",)),
        ({"image": "A" * 1_000_004}, ("image",)),
        ({"image": File.of(bytes(MAX_IMAGE_BYTES + 1))}, ("image",)),
        ({"sizes": []}, ("sizes",)),
        ({"sizes": [64, 64]}, ("sizes",)),
        ({"sizes": list(range(16, 27))}, ("sizes",)),
        ({"sizes": [64, 15]}, ("sizes", 1)),
        ({"sizes": [2049]}, ("sizes", 0)),
        ({"sizes": ["64"]}, ("sizes", 0)),
        ({"format": "gif"}, ("format",)),
        ({"quality": 90}, ("quality",)),
    ],
)
def test_an_input_out_of_bounds_is_refused_by_the_name_of_its_field(
    change: dict[str, Any], field: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Input.model_validate(VALID | change)

    assert [error["loc"] for error in refused.value.errors()] == [field]


def test_the_declared_example_is_a_picture() -> None:
    (example,) = Input.model_fields["image"].examples or []

    result = handle(Input.model_validate({"image": example, "sizes": [16]}), RecordingContext())

    assert (result.source.width, result.source.height) == (1, 1)


def test_declaring_the_job_type_does_not_load_pillow() -> None:
    code = "import sys, apps.samples.job_types.image_thumbnails; sys.exit('PIL' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": os.pathsep.join(sys.path)})
