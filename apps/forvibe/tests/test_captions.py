# ruff: noqa: RUF001
"""Captions are set within their boxes, in the fonts and directions of their languages."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apps.forvibe.job_types.screenshot_localization import Box, Caption, DrawnCaption
from apps.forvibe.screenshots.drawing import SMALLEST, draw, fit
from apps.forvibe.screenshots.fonts import CHINESE, FIRAGO, KOREAN, font_for, missing_in
from apps.forvibe.screenshots.lines import NEVER_FIRST, NEVER_LAST, broken, drawn

Align = Literal["start", "center", "end"]
WORDS = {
    "ar-SA": "تتبع كل مد وجزر، أينما أبحرت (v2.0)",
    "cs": "Sledujte každý příliv, ať plujete kamkoli",
    "de-DE": "Verfolge jede Gezeitenänderung, egal wohin du segelst",
    "el": "Παρακολουθήστε κάθε παλίρροια, όπου κι αν πλέετε",
    "he": "עקבו אחרי כל גאות ושפל (v2.0), בכל מקום",
    "ja": "どこへ航海しても、すべての潮を「完全に」追跡できます。",
    "ko": "어디를 항해하든 모든 조수를 추적하세요",
    "pl": "Śledź każdy przypływ, dokądkolwiek żeglujesz",
    "ru": "Следите за каждым приливом, куда бы вы ни плыли",
    "th": "ติดตามทุกกระแสน้ำ ไม่ว่าคุณจะแล่นเรือที่ไหน",
    "tr": "Nereye yelken açarsanız açın, her gelgiti takip edin",
    "uk": "Слідкуйте за кожним припливом, куди б ви не пливли",
    "ur-PK": "ہر لہر پر نظر رکھیں، جہاں بھی سفر کریں",
    "vi": "Theo dõi mọi thủy triều, dù bạn đi đâu",
    "zh-Hans": "无论您航行到哪里，都能追踪每一次潮汐",
    "zh-Hant": "無論您航行到哪裡，都能追蹤每一次潮汐",
}
SIZE = (900, 400)
BOX = Box(x=100, y=60, width=700, height=260)


def inked(text: str, size: int, align: Align) -> tuple[DrawnCaption, tuple[int, int, int, int]]:
    """Return what was drawn, and the smallest box around it."""
    image = Image.new("RGB", SIZE, "black")
    fitted = draw(image, Caption(text="Tide", box=BOX, size=size, align=align), text)
    around = image.getbbox()
    assert around is not None
    return fitted, around


@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize("align", ["start", "center", "end"])
def test_a_caption_is_drawn_within_its_box(locale: str, align: Align) -> None:
    fitted, (left, top, right, bottom) = inked(WORDS[locale], 64, align)

    assert fitted.fits
    assert fitted.size >= 30
    # The dots of some letters reach beyond the letter's own width.
    assert left >= BOX.x - 3
    assert right <= BOX.x + BOX.width + 3
    assert top >= BOX.y
    assert bottom <= BOX.y + BOX.height
    assert "".join("".join(fitted.lines).split()) == "".join(WORDS[locale].split())


@pytest.mark.parametrize("locale", WORDS)
def test_the_fonts_have_the_letters_of_these_languages(locale: str) -> None:
    words = WORDS[locale]

    assert missing_in(font_for(words), drawn(words)) == []


def test_a_font_says_which_letters_it_does_not_have() -> None:
    assert missing_in(FIRAGO, "a😀b হ") == ["😀", "হ"]


@pytest.mark.parametrize(
    ("text", "font"),
    [("Tide", FIRAGO), ("潮汐 Tide", CHINESE), ("カ", CHINESE), ("조수 Tide", KOREAN), ("", FIRAGO)],
)
def test_a_caption_is_set_in_one_font(text: str, font: str) -> None:
    assert font_for(text) == font


@pytest.mark.parametrize(("locale", "start"), [("de-DE", "left"), ("ar-SA", "right"), ("he", "right")])
def test_start_is_where_the_language_starts(locale: str, start: str) -> None:
    sides: dict[Align, str] = {"start": start, "end": "left" if start == "right" else "right"}
    for align, side in sides.items():
        _, (left, _, right, _) = inked(WORDS[locale][:12], 40, align)
        gaps = {"left": left - BOX.x, "right": BOX.x + BOX.width - right}
        assert gaps[side] <= 10
        assert max(gaps.values()) > 300


def test_letters_from_right_to_left_are_in_the_order_in_which_they_are_drawn() -> None:
    assert drawn("אב (v2) גד") == "דג (v2) בא"
    assert drawn("Tide (v2)") == "Tide (v2)"


def test_arabic_letters_join() -> None:
    # "بيت": initial, medial and final forms, from left to right.
    assert drawn("بيت") == "\ufe96\ufef4\ufe91"


def test_chinese_breaks_anywhere_but_not_before_or_after_what_belongs_together() -> None:
    text = "「潮」を、（追跡）する。" * 3

    lines = broken(text, lambda line: len(line) <= 5)

    assert "".join(lines) == text
    assert not [line for line in lines if line[0] in NEVER_FIRST or line[-1] in NEVER_LAST]


def test_words_are_not_cut_if_smaller_letters_keep_them_whole() -> None:
    fitted = fit("Donaudampfschifffahrtsgesellschaft", Box(x=0, y=0, width=300, height=200), 64)

    assert fitted.lines == ["Donaudampfschifffahrtsgesellschaft"]
    assert fitted.size < 30


def test_what_fits_at_no_size_is_cut_and_said() -> None:
    fitted = fit("word " * 200, Box(x=0, y=0, width=60, height=30), 64)

    assert (fitted.fits, fitted.size) == (False, SMALLEST)
    assert len(fitted.lines) == 3


@given(
    text=st.text(max_size=60),
    width=st.integers(1, 400),
    height=st.integers(1, 200),
    size=st.integers(SMALLEST, 80),
)
def test_any_text_is_set_in_any_box(text: str, width: int, height: int, size: int) -> None:
    fitted = fit(text, Box(x=0, y=0, width=width, height=height), size)

    assert SMALLEST <= fitted.size <= size
    if fitted.fits:
        assert "".join("".join(fitted.lines).split()) == "".join(text.split())


def test_a_caption_with_another_color_has_only_that_color() -> None:
    image = Image.new("RGB", SIZE, "black")
    draw(image, Caption(text="Tide", box=BOX, size=64, color="#ff0000"), "Tide")

    assert image.getchannel("G").getextrema() == (0, 0)
    assert image.getchannel("R").getextrema() == (0, 255)
