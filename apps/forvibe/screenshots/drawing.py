"""Draw captions onto a picture, each fitted into its box."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PIL import ImageDraw

from apps.forvibe.screenshots.fonts import font_for, load
from apps.forvibe.screenshots.lines import broken, drawn, is_right_to_left

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels. Smaller text cannot be read.
SMALLEST = 8
# Of the font's size.
LINE_HEIGHT = 1.25


class Box(NamedTuple):
    """A place in a picture, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int


class Caption(NamedTuple):
    """A text, and how to draw it. `align` is `start`, `center` or `end`: where the text's direction starts
    and ends. `size` is in pixels, and the text is drawn smaller if it would not fit."""

    text: str
    box: Box
    size: int
    color: str
    align: str


class Fitted(NamedTuple):
    """The lines of a caption and their font's size. If they do not fit even at the smallest size, the last
    lines are left out."""

    lines: list[str]
    size: int
    fits: bool


def draw(image: Image, caption: Caption) -> Fitted:
    fitted = fit(caption.text, caption.box, caption.size)
    font, pen = load(font_for(caption.text), fitted.size), ImageDraw.Draw(image)
    step = round(fitted.size * LINE_HEIGHT)
    top = caption.box.y + (caption.box.height - step * len(fitted.lines)) / 2
    anchor, x = _place(caption)
    for number, line in enumerate(fitted.lines):
        place = (x, top + step * (number + 0.5))
        pen.text(place, drawn(line), caption.color, font, anchor=f"{anchor}m")
    return fitted


def _place(caption: Caption) -> tuple[str, float]:
    box = caption.box
    if caption.align == "center":
        return "m", box.x + box.width / 2
    if (caption.align == "start") != is_right_to_left(caption.text):
        return "l", box.x
    return "r", box.x + box.width


def fit(text: str, box: Box, size: int) -> Fitted:
    """Return the text at the largest size that fits, at most `size`."""
    smallest, largest = min(SMALLEST, size), size
    best = _set(text, box, largest)
    if not best.fits:
        best = _set(text, box, smallest)
    while best.fits and best.size < largest:
        tried = _set(text, box, (best.size + largest + 1) // 2)
        if tried.fits:
            best = tried
        else:
            largest = tried.size - 1
    return best


def _set(text: str, box: Box, size: int) -> Fitted:
    font = load(font_for(text), size)
    lines = broken(text, lambda line: font.getlength(drawn(line)) <= box.width)
    room = max(int(box.height / round(size * LINE_HEIGHT)), 1)
    words = max((font.getlength(drawn(word)) for word in text.split()), default=0)
    whole = len(lines) <= room and (words <= box.width or size <= SMALLEST or not _has_words(text))
    return Fitted(lines[:room], size, whole)


def _has_words(text: str) -> bool:
    """Return whether the text is written in words, which are cut only at the smallest size."""
    return font_for(text) == "FiraGO"
