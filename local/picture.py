"""A picture to make thumbnails of: drawn, so that nobody's photograph has to come along."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1600, 1000)
GRAIN = 24
"""How far the grain reaches. A picture without any compresses to almost nothing."""


def landscape() -> bytes:
    """An evening over hills, as a JPEG: always the same bytes from the same Pillow."""
    image = sky()
    draw = ImageDraw.Draw(image)
    draw.ellipse((1080, 250, 1240, 410), fill=(255, 244, 214))
    for number, shade in enumerate([(92, 74, 106), (62, 52, 84), (34, 30, 54)]):
        draw.polygon(ridge(number), fill=shade)
    buffer = io.BytesIO()
    grained(image).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def sky() -> Image.Image:
    dusk, glow = Image.new("RGB", SIZE, (58, 62, 120)), Image.new("RGB", SIZE, (250, 176, 112))
    return Image.composite(glow, dusk, Image.linear_gradient("L").resize(SIZE))


def ridge(number: int) -> list[tuple[float, float]]:
    width, height = SIZE
    base = height * (0.55 + 0.15 * number)
    outline = [
        (x, base - 60 * math.sin(x / (170 + 60 * number) + 2 * number) - 25 * math.sin(x / 61 + number))
        for x in range(0, width + 1, 8)
    ]
    return [(0, height), *outline, (width, height)]


def grained(image: Image.Image) -> Image.Image:
    # The same grain every time is the point of it.
    noise = Image.frombytes("L", SIZE, random.Random(1).randbytes(SIZE[0] * SIZE[1]))  # noqa: S311
    grain = noise.filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(1)), grain, GRAIN / 255)
