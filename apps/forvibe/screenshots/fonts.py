"""The fonts of captions, by writing system. All are under the SIL Open Font License."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.metadata import distribution
from io import BytesIO

from PIL.ImageFont import FreeTypeFont, Layout, truetype

# FiraGO: Latin, Cyrillic, Greek, Arabic, Hebrew, Thai, Georgian and Vietnamese.
FIRAGO = "FiraGO"
# Noto Sans SC: Chinese, simplified and traditional, and Japanese.
CHINESE = "Noto Sans SC"
# NanumGothic: Korean.
KOREAN = "NanumGothic"
# The first words of the Unicode names of the characters that only one of them has.
_CHINESE = ("CJK", "HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC")
WRITING = {"HANGUL": KOREAN, **dict.fromkeys(_CHINESE, CHINESE)}
# A code point without a character: every font draws it as one that it does not have.
NOTHING = "\U0010ffff"


def font_for(text: str) -> str:
    """Return the name of the font for a caption: Korean if it has any Hangul, Chinese if any ideograph."""
    names = {WRITING.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0]) for letter in text}
    return next((name for name in (KOREAN, CHINESE) if name in names), FIRAGO)


@cache
def load(name: str, size: int) -> FreeTypeFont:
    # Without raqm, which needs a system library that Lambda does not have: `lines` shapes the text.
    return truetype(BytesIO(_content(name)), size, layout_engine=Layout.BASIC)


@cache
def _content(name: str) -> bytes:
    if name == CHINESE:
        return _file("zhplot", "zhplot/fonts/NotoSansSC-Regular.ttf")
    if name == KOREAN:
        return _file("koreanize-matplotlib", "koreanize_matplotlib/fonts/NanumGothic.ttf")
    from pymupdf_fonts import FiraGO_Regular

    return bytes(FiraGO_Regular.fontbuffer)


def _file(package: str, path: str) -> bytes:
    """Return a file of a package, which is not imported: it would need matplotlib."""
    content: bytes = distribution(package).locate_file(path).read_bytes()  # type: ignore[attr-defined]
    return content


def missing_in(name: str, text: str) -> list[str]:
    """Return the characters that a font does not have, each once."""
    font = load(name, 32)
    unknown = bytes(font.getmask(NOTHING))
    return [
        letter
        for letter in dict.fromkeys(text)
        if unicodedata.category(letter)[0] not in "ZC" and bytes(font.getmask(letter)) == unknown
    ]
