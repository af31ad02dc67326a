# ruff: noqa: RUF001
"""Lines of text: where they may break, and the order in which their letters are drawn."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Chinese and Japanese break between any two characters, but not before these, nor after those. The common
# part of JIS X 4051 and GB/T 15834.
NEVER_FIRST = "、。，．！？：；）］｝〉》」』】〕…‥・ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々,.!?:;)]}"
NEVER_LAST = "（［｛〈《「『【〔([{"
IDEOGRAPHIC = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def is_right_to_left(text: str) -> bool:
    """Return the direction of the first letter that has one (UAX #9, rule P2)."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)


def drawn(line: str) -> str:
    """Return a line's letters from left to right, with Arabic letters in the forms that join."""
    if not any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line):
        return line
    # Only for the languages that need them: they take time to load.
    from arabic_reshaper import ArabicReshaper
    from bidi.algorithm import get_display

    # FiraGO lacks the forms of single letters.
    joined = ArabicReshaper({"use_unshaped_instead_of_isolated": True}).reshape(line)
    return str(get_display(joined, base_dir="R" if is_right_to_left(line) else "L"))


def broken(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return the lines of a text, each as long as `fits` allows. A word that fits no line is cut."""
    return [line for paragraph in text.splitlines() for line in _lines(paragraph, fits)]


def _lines(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    line = ""
    for piece in _pieces(text):
        if not line or fits((line + piece).rstrip()):
            line += piece
        else:
            yield line.rstrip()
            line = piece.lstrip()
        while not fits(line.rstrip()) and len(clusters := _clusters(line)) > 1:
            kept = next(
                (count for count in range(len(clusters) - 1, 1, -1) if fits("".join(clusters[:count]))), 1
            )
            yield "".join(clusters[:kept]).rstrip()
            line = "".join(clusters[kept:]).lstrip()
    yield line.rstrip()


def _pieces(text: str) -> list[str]:
    """Return the parts between which a line may break: words with the space after them, or ideographs."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        piece = ""
        for letter in word:
            may_break = piece and (IDEOGRAPHIC.match(letter) or IDEOGRAPHIC.match(piece[-1]))
            if (
                may_break
                and letter not in NEVER_FIRST
                and piece[-1] not in NEVER_LAST
                and not letter.isspace()
            ):
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
    return pieces


def _clusters(text: str) -> list[str]:
    """Return the letters, each with the marks that combine with it."""
    clusters: list[str] = []
    for letter in text:
        if clusters and unicodedata.category(letter).startswith("M"):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters
