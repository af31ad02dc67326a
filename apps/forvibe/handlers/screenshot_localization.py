"""The handler of `screenshot_localization`: translate first, then draw one screenshot at a time."""

import struct
import warnings
import zlib
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageOps

from apps.forvibe.job_types.listing_localization import language_code
from apps.forvibe.job_types.screenshot_localization import (
    MAX_PIXELS,
    Caption,
    Input,
    LocalizedScreenshot,
    Result,
    Screenshot,
)
from apps.forvibe.localization.masking import mask, patterns
from apps.forvibe.localization.side_by_side import by_language
from apps.forvibe.localization.translation import Interpreter
from apps.forvibe.screenshots.drawing import draw
from apps.forvibe.screenshots.fonts import font_for, missing_in
from apps.forvibe.screenshots.lines import drawn
from claimcheck.authoring import Fail, JobContext

# A progressive JPEG has about ten scans, each a pass over all pixels in C code that no timer can interrupt.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"
# PNG: a fast compression. JPEG and WebP: no loss that one sees in letters.
SAVING: dict[str, tuple[str, dict[str, int]]] = {
    "PNG": ("image/png", {"compress_level": 3}),
    "JPEG": ("image/jpeg", {"quality": 92, "subsampling": 0}),
    "WEBP": ("image/webp", {"quality": 92}),
}
# The errors of Pillow's decoders.
DAMAGE = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error, zlib.error)


def handle(input: Input, job: JobContext) -> Result:
    texts = list(dict.fromkeys(each.text for shot in input.screenshots for each in shot.captions))
    keep = patterns(input.keep)

    def work(language: str, interpreter: Interpreter) -> dict[str, str]:
        if language == language_code(input.source_locale):
            return {text: text for text in texts}
        done = {}
        for text in texts:
            masked = mask(text, keep)
            done[text] = masked.restore(interpreter.translate(masked.text))
        return done

    translations: dict[str, dict[str, str]] = {}
    sent, steps = 0, len(input.locales) * (1 + len(input.screenshots))
    for locales, done, length in by_language(input.source_locale, input.locales, work, job):
        translations |= dict.fromkeys(locales, done)
        sent += length
        job.progress(len(translations), steps, f"translated: {', '.join(locales)}")
    _check_letters(translations)
    localizations: dict[str, list[LocalizedScreenshot]] = {locale: [] for locale in input.locales}
    for number, screenshot in enumerate(input.screenshots):
        picture = _picture(job, screenshot, number)
        for locale in input.locales:
            name = f"{number + 1:02}-{locale}"
            localized = _localized(job, picture, screenshot.captions, translations[locale], name)
            localizations[locale].append(localized)
        job.progress((2 + number) * len(input.locales), steps, f"drawn: screenshot {number + 1}")
    return Result(source_locale=input.source_locale, localizations=localizations, characters_translated=sent)


def _check_letters(translations: dict[str, dict[str, str]]) -> None:
    """Raises: Fail if a caption has letters that its font does not have."""
    for locale, texts in translations.items():
        for text in texts.values():
            if missing := missing_in(font_for(text), drawn(text)):
                letters = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:5])
                raise Fail(
                    "undrawable_letters", f"The fonts for {locale} do not have {letters}: remove them."
                )


def _picture(job: JobContext, screenshot: Screenshot, number: int) -> Image.Image:
    """Raises: Fail if the file is no picture, or too large, or a caption is beyond it."""
    place = f"Screenshot {number + 1}"
    with job.open(screenshot.image) as file:
        content = file.read()
    with warnings.catch_warnings(action="ignore"):
        try:
            picture = Image.open(BytesIO(content), formats=list(SAVING))
            if picture.width * picture.height > MAX_PIXELS:
                raise Fail(
                    "image_too_large", f"{place} has more than {MAX_PIXELS:,} pixels: send a smaller one."
                )
            # "MPO" is Pillow's name for a phone's JPEG with a second picture.
            form = "JPEG" if picture.format == "MPO" else str(picture.format)
            if form == "JPEG" and content.count(START_OF_SCAN) > MAX_SCANS:
                raise Fail("image_too_complex", f"{place} has more than {MAX_SCANS} scans: save it again.")
            pixels = _pixels(picture)
        except (Image.DecompressionBombError, *DAMAGE) as error:
            raise Fail("invalid_image", f"{place} is not a readable PNG, JPEG or WebP.") from error
    for each in screenshot.captions:
        if each.box.x + each.box.width > pixels.width or each.box.y + each.box.height > pixels.height:
            raise Fail(
                "caption_outside",
                f"{place} has {pixels.width} x {pixels.height} pixels, and the box of {each.text!r} is not "
                "within these.",
            )
    pixels.format = form
    return pixels


def _pixels(picture: Image.Image) -> Image.Image:
    """Return a picture as one sees it: upright, in RGB."""
    # The profile of grey or printed colours does not fit red, green and blue.
    fitting = picture.mode in ("RGB", "RGBA", "P")
    if picture.mode.startswith("I"):  # 16 bits per pixel, which Pillow would clip to 8
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    pixels = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    if not fitting:
        pixels.info.pop("icc_profile", None)
    with suppress(*DAMAGE):  # only the metadata is damaged
        ImageOps.exif_transpose(pixels, in_place=True)
    return pixels


def _localized(
    job: JobContext, picture: Image.Image, captions: list[Caption], texts: dict[str, str], name: str
) -> LocalizedScreenshot:
    image = picture.copy()
    shown = [draw(image, each, texts[each.text]) for each in captions]
    form = str(picture.format)
    content_type, options = SAVING[form]
    file = BytesIO()
    image.save(file, form, **options)
    saved = job.save(f"{name}.{form.lower()}", file, content_type)
    return LocalizedScreenshot(file=saved, captions=shown)
