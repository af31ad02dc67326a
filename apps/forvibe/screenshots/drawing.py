"""Draw captions onto a picture, each fitted into its box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ImageDraw

from apps.forvibe.job_types.screenshot_localization import Box, Caption, DrawnCaption
from apps.forvibe.screenshots.fonts import FIRAGO, font_for, load
from apps.forvibe.screenshots.lines import broken, drawn, is_right_to_left

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels. Smaller text cannot be read.
SMALLEST = 8
# Of the font's size.
LINE_HEIGHT = 1.25


def draw(image: Image, caption: Caption, text: str) -> DrawnCaption:
    """Draw the translation of a caption in its place."""
    fitted = fit(text, caption.box, caption.size)
    font, pen = load(font_for(text), fitted.size), ImageDraw.Draw(image)
    step = round(fitted.size * LINE_HEIGHT)
    top = caption.box.y + (caption.box.height - step * len(fitted.lines)) / 2
    anchor, x = _place(caption, text)
    for number, line in enumerate(fitted.lines):
        place = (x, top + step * (number + 0.5))
        pen.text(place, drawn(line), caption.color, font, anchor=f"{anchor}m")
    return fitted


def _place(caption: Caption, text: str) -> tuple[str, float]:
    box = caption.box
    if caption.align == "center":
        return "m", box.x + box.width / 2
    if (caption.align == "start") != is_right_to_left(text):
        return "l", box.x
    return "r", box.x + box.width


def fit(text: str, box: Box, size: int) -> DrawnCaption:
    """Return the text at the largest size that fits, at most `size`, or its first lines at `SMALLEST`."""
    largest = size
    best = _set(text, box, largest)
    if not best.fits:
        best = _set(text, box, SMALLEST)
    while best.fits and best.size < largest:
        tried = _set(text, box, (best.size + largest + 1) // 2)
        if tried.fits:
            best = tried
        else:
            largest = tried.size - 1
    return best


def _set(text: str, box: Box, size: int) -> DrawnCaption:
    name = font_for(text)
    font = load(name, size)
    lines = broken(text, lambda line: font.getlength(drawn(line)) <= box.width)
    room = max(int(box.height / round(size * LINE_HEIGHT)), 1)
    words = max((font.getlength(drawn(word)) for word in text.split()), default=0)
    # Only the scripts of FiraGO are written in words, which are cut only at the smallest size.
    whole = len(lines) <= room and (words <= box.width or size <= SMALLEST or name != FIRAGO)
    return DrawnCaption(text=text, size=size, lines=lines[:room], fits=whole)
