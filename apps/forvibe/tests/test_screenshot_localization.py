"""Screenshots in other languages: captions translated, drawn within their boxes, and saved as files."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image, ImageCms

from apps.forvibe import dialect as forvibe
from apps.forvibe.handlers.screenshot_localization import MAX_SCANS, START_OF_SCAN, handle
from apps.forvibe.job_types.screenshot_localization import (
    DRAWABLE,
    JOB_TYPE,
    MAX_PIXELS,
    Input,
    Result,
)
from apps.forvibe.tests.translators import Scripted
from claimcheck.authoring import Fail, Retry, Unavailable, UnsupportedLanguage
from claimcheck.canonical import endpoints as canonical
from claimcheck.testing import FakeTools, RecordingContext
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (600, 400)
BOX = {"x": 50, "y": 50, "width": 500, "height": 200}
TRANSLATIONS = {"de": "Das Wasser kennen", "ja": "海を知る", "ar": "اعرف الماء", "ko": "바다를 알다"}


def picture(form: str = "PNG", size: tuple[int, int] = SIZE, mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "navy").save(buffer, form)
    return buffer.getvalue()


def screenshot(content: bytes | None = None, *captions: dict[str, Any]) -> dict[str, Any]:
    one = {"text": "Know the water", "box": BOX, "size": 64}
    image = base64.b64encode(picture() if content is None else content).decode()
    return {"image": image, "captions": list(captions) or [one]}


def asked(*screenshots: dict[str, Any], **more: Any) -> Input:
    given: dict[str, Any] = {
        "project_id": "tides",
        "locales": ["de-DE", "ja"],
        "screenshots": screenshots or [screenshot()],
    }
    parsed = JOB_TYPE.parse(given | more)
    assert isinstance(parsed, Input)
    return parsed


def run(
    given: Input, translate: Callable[[str, str], str] | None = None
) -> tuple[Result, RecordingContext, Scripted]:
    translator = Scripted(translate or (lambda text, target: TRANSLATIONS.get(target, text)))
    context = RecordingContext(tools=FakeTools(translator=translator))
    return handle(given, context), context, translator


def opened(context: RecordingContext, name: str) -> Image.Image:
    return Image.open(io.BytesIO(context.files[name]))


def test_each_screenshot_is_drawn_in_each_language() -> None:
    other = {"text": "Sail", "box": BOX | {"y": 260, "height": 100}, "size": 40, "color": "#ff0000"}
    given = asked(screenshot(), screenshot(None, other), locales=["de-DE", "ar-SA"])

    result, context, _ = run(given)

    assert sorted(context.files) == ["01-ar-SA.png", "01-de-DE.png", "02-ar-SA.png", "02-de-DE.png"]
    first, second = result.localizations["de-DE"]
    assert (first.file.name, first.captions[0].text) == ("01-de-DE.png", "Das Wasser kennen")
    assert second.file.name == "02-de-DE.png"
    assert first.captions[0].fits
    image = opened(context, "01-de-DE.png")
    assert (image.format, image.size) == ("PNG", SIZE)
    # Drawn within the box, and nothing outside.
    changed = Image.eval(image.getchannel("R"), lambda value: 255 if value else 0).getbbox()
    assert changed is not None
    assert changed[0] >= 50
    assert changed[2] <= 550


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_a_picture_keeps_its_format(form: str, media_type: str) -> None:
    result, context, _ = run(asked(screenshot(picture(form)), locales=["ja"]))

    [shot] = result.localizations["ja"]
    assert shot.file.content_type == media_type
    assert opened(context, shot.file.name).format == form


def test_a_phone_s_jpeg_with_a_second_picture_is_a_jpeg() -> None:
    buffer = io.BytesIO()
    first, second = (Image.new("RGB", SIZE, color) for color in ("navy", "white"))
    first.save(buffer, "MPO", save_all=True, append_images=[second])

    result, context, _ = run(asked(screenshot(buffer.getvalue()), locales=["ja"]))

    [shot] = result.localizations["ja"]
    assert (shot.file.name, shot.file.content_type) == ("01-ja.jpeg", "image/jpeg")
    image = opened(context, shot.file.name)
    assert image.format == "JPEG"
    assert image.getpixel((1, 1)) == pytest.approx((0, 0, 128), abs=3)


def test_transparency_is_kept() -> None:
    _, context, _ = run(asked(screenshot(picture(mode="RGBA")), locales=["ja"]))

    assert opened(context, "01-ja.png").mode == "RGBA"


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_lies_on_its_side_is_localized_upright(form: str) -> None:
    lying = Image.Exif()
    lying[ExifTags.Base.Orientation] = 6
    content = encoded(Image.new("RGB", (SIZE[1], SIZE[0]), "navy"), form, exif=lying)

    _, context, _ = run(asked(screenshot(content), locales=["ja"]))

    [name] = context.files
    image = opened(context, name)
    assert image.size == SIZE
    assert ExifTags.Base.Orientation not in image.getexif()


def test_damaged_metadata_do_not_matter() -> None:
    content = encoded(Image.new("RGB", SIZE, "navy"), "JPEG", exif=b"Exif\0\0no TIFF at all")

    _, context, _ = run(asked(screenshot(content), locales=["ja"]))

    assert opened(context, "01-ja.jpeg").size == SIZE


def test_sixteen_bits_of_grey_become_eight() -> None:
    content = encoded(Image.new("I;16", SIZE, 100 * 256), "PNG")

    _, context, _ = run(asked(screenshot(content), locales=["ja"]))

    assert opened(context, "01-ja.png").getpixel((0, 0)) == (100, 100, 100)


@pytest.mark.parametrize(("mode", "kept"), [("RGB", True), ("RGBA", True), ("L", False), ("LA", False)])
def test_a_profile_is_kept_if_it_is_one_of_red_green_and_blue(mode: str, kept: bool) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = encoded(Image.new(mode, SIZE), "PNG", icc_profile=profile)

    _, context, _ = run(asked(screenshot(content), locales=["ja"]))

    assert ("icc_profile" in opened(context, "01-ja.png").info) == kept


def test_each_text_is_translated_once_for_each_language() -> None:
    given = asked(screenshot(), screenshot(), locales=["de-DE", "pt-BR", "pt-PT"])

    _, _, translator = run(given)

    assert sorted(translator.asked) == [("Know the water", each) for each in ("de", "pt", "pt-PT")]


def test_a_locale_of_the_source_s_language_is_drawn_as_it_is() -> None:
    result, _, translator = run(asked(locales=["en-GB"]))

    assert result.localizations["en-GB"][0].captions[0].text == "Know the water"
    assert (translator.asked, result.characters_translated) == ([], 0)


def test_names_stay() -> None:
    one = screenshot(None, {"text": "Know Tide Table 2.0", "box": BOX, "size": 40})

    result, _, translator = run(
        asked(one, keep=["Tide Table"], locales=["de-DE"]), lambda text, _: text.upper()
    )

    assert result.localizations["de-DE"][0].captions[0].text.endswith("Tide Table 2.0")
    assert all("Tide" not in text for text in translator.texts)


def test_a_translation_that_fits_at_no_size_says_so() -> None:
    result, _, _ = run(asked(locales=["de-DE"]), lambda text, _: "sehr lang " * 400)

    [caption] = result.localizations["de-DE"][0].captions
    assert (caption.fits, caption.size) == (False, 8)


def test_progress_goes_from_the_first_translation_to_the_last_drawing() -> None:
    _, context, _ = run(asked(screenshot(), screenshot(), locales=["de-DE", "ja"]))

    done = [done for done, _, _ in context.reported]
    assert done == sorted(done)
    assert context.reported[-1][:2] == (6, 6)


def many_scans() -> bytes:
    """Return a progressive JPEG whose last scan is repeated."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, "navy").save(buffer, "JPEG", progressive=True)
    jpeg = buffer.getvalue()
    start = jpeg.rindex(START_OF_SCAN)
    return jpeg[:start] + jpeg[start:-2] * MAX_SCANS + jpeg[-2:]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (screenshot(many_scans()), "image_too_complex"),
        (screenshot(b"GIF89a" + bytes(100)), "invalid_image"),
        (screenshot(picture("GIF")), "invalid_image"),
        (screenshot(picture()[:200]), "invalid_image"),
        (screenshot(b"no picture at all"), "invalid_image"),
        (screenshot(picture(size=(5000, MAX_PIXELS // 5000 + 1), mode="1")), "image_too_large"),
        (screenshot(None, {"text": "a", "box": BOX | {"x": 101}, "size": 40}), "caption_outside"),
        (screenshot(None, {"text": "a", "box": BOX | {"y": 201}, "size": 40}), "caption_outside"),
    ],
)
def test_a_screenshot_that_cannot_be_used_fails_the_job(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Fail) as failed:
        run(asked(given))

    assert failed.value.code == code
    assert failed.value.message.startswith("Screenshot 1")


def test_letters_that_no_font_has_are_named() -> None:
    with pytest.raises(Fail, match=r"😀 \(U\+1F600\)") as failed:
        run(asked(locales=["de-DE"]), lambda text, _: "Wasser 😀")

    assert failed.value.code == "undrawable_letters"


def test_a_translator_that_fails_is_tried_again() -> None:
    def broken(text: str, target: str) -> str:
        raise Unavailable

    with pytest.raises(Retry):
        run(asked(), broken)


def test_a_pair_of_languages_that_cannot_be_translated_fails_the_job() -> None:
    def refusing(text: str, target: str) -> str:
        raise UnsupportedLanguage

    with pytest.raises(Fail) as failed:
        run(asked(locales=["de-DE"]), refusing)

    assert failed.value.code == "unsupported_language"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"locales": ["hi"]}, "/input/locales/0"),
        ({"locales": ["tlh"]}, "/input/locales/0"),
        ({"locales": []}, "/input/locales"),
        ({"locales": ["ja", "ja"]}, "/input/locales"),
        ({"locales": ["en-US"]}, "/input/locales"),
        ({"locales": sorted(DRAWABLE - {"en-US"})[:11]}, "/input/locales"),
        ({"screenshots": []}, "/input/screenshots"),
        ({"screenshots": [screenshot()] * 11}, "/input/screenshots"),
        ({"screenshots": [screenshot() | {"captions": []}]}, "/input/screenshots/0/captions"),
        (
            {"screenshots": [screenshot(None, {"text": "", "box": BOX, "size": 9})]},
            "/input/screenshots/0/captions/0/text",
        ),
        (
            {"screenshots": [screenshot(None, {"text": "a", "box": BOX, "size": 9, "color": "red"})]},
            "/input/screenshots/0/captions/0/color",
        ),
        (
            {"screenshots": [screenshot(None, {"text": "a", "box": BOX | {"width": 0}, "size": 9})]},
            "/input/screenshots/0/captions/0/box/width",
        ),
    ],
)
def test_a_wrong_input_is_named_before_it_costs_credits(changes: dict[str, Any], pointer: str) -> None:
    given = {"project_id": "tides", "locales": ["ja"], "screenshots": [screenshot()]} | changes

    assert [each.pointer for each in JOB_TYPE.errors_in(given)] == [pointer]


def test_uploads_are_localized_over_the_contract_and_downloaded() -> None:
    world = World(
        job_types=[JOB_TYPE],
        handlers={JOB_TYPE.name: handle},
        dialects=(canonical.DIALECT, forvibe.DIALECT),
    )
    world.rebuild(translator=Scripted(lambda text, target: TRANSLATIONS[target]))
    world.engine.credits.add_credits("acme", 30, 0, "funds")
    key, content = world.key("acme", dialect="forvibe"), picture()
    upload = world.request("POST", "/v1/uploads", {"content_type": "image/png", "size": len(content)}).json
    assert world.files.send(upload["url"], upload["headers"], content) == 200
    shot = screenshot() | {"image": {"upload_id": upload["upload_id"]}}
    path = "/api/v1/projects/tides/screenshots/localize"

    accepted = world.request("POST", path, {"screenshots": [shot], "locales": ["ja", "ko"]}, key=key)
    world.work()
    row = world.request("GET", accepted.headers["Location"], key=key).json
    file = row["result"]["localizations"]["ja"][0]["file"]
    redirect = world.request("GET", file["url"], key=key)

    assert (accepted.status, accepted.json["type"]) == (202, "screenshot_localization")
    assert world.engine.credits.credits("acme") == 0
    assert redirect.status == 303
