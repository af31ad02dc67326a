"""Where a text may be cut: the longest beginning of it that fits, and ends where a reader would pause.

What "fits" means is the caller's: Apple's characters, or a service's bytes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from apps.forvibe.localization.masking import SPACELESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Fits = Callable[[str], bool]


class Boundary(NamedTuple):
    """A place to cut: after each match, if that leaves this share of what could stay."""

    after: re.Pattern[str]
    share: float


# The end of a line, or of a sentence: its mark with what closes after it; CJK's need no space behind.
_PAUSE = Boundary(
    re.compile(
        r"[^\r\n](?=\r?\n)"
        r"|[.!?\u2026\u061f\u06d4\u0964]++[\"'\u2019\u201d\u00bb)\]]*+(?=\s|$)"
        r"|[\u3002\uff01\uff1f\uff61]++[\u300d\u300f\uff09\"'\u2019\u201d)]*+"
    ),
    0.5,
)
_WORD = Boundary(re.compile(rf"\S(?=\s)|[{SPACELESS}]|.(?=[{SPACELESS}])"), 0)

# Best first. Below all of them is the character, as a reader sees one.
SENTENCES = (_PAUSE, _WORD)
WORDS = (_WORD,)

# What a phrase cannot end with once the rest of it is gone.
DANGLING = " \t\r\n,;:|/&+([{\u2013\u2014\u00b7\u2022\u3001\uff0c\uff1a-"

# Two of these letters are a flag. A joiner, a skin tone and a tag belong to what stands before them.
FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
EXTENDING = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


def cut(text: str, fits: Fits, boundaries: tuple[Boundary, ...]) -> int:
    """How much of `text`, which does not fit, to take: 1 character or more."""
    longest = bisect_right(range(len(text) + 1), False, key=lambda end: not fits(text[:end])) - 1
    end = _between_characters(text, longest)
    for boundary in boundaries:
        ends = [found.end() for found in boundary.after.finditer(text, 0, end + 1)]
        last = next((at for at in reversed(ends) if at <= end), 0)
        if last and last >= end * boundary.share:
            return last
    return end


def pieces(text: str, fits: Fits, boundaries: tuple[Boundary, ...]) -> Iterator[str]:
    """All of `text`, in pieces that fit."""
    while not fits(text):
        end = cut(text, fits, boundaries)
        yield text[:end]
        text = text[end:]
    yield text


def _between_characters(text: str, end: int) -> int:
    """The last place up to `end` between what readers see as characters, or `end` if there is none."""
    at = end
    while at > 0 and _joins(text, at):
        at -= 1
    return max(at or end, 1)


def _joins(text: str, at: int) -> bool:
    """Whether what stands before and after belongs together (a part of UAX #29, "Grapheme Cluster
    Boundaries": marks, joiners, skin tones, tags, flags and CR LF)."""
    if at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if after in FLAG_LETTERS:
        run = at - len(text[:at].rstrip(FLAG_LETTERS))
        return run % 2 == 1
    extends = unicodedata.category(after)[0] == "M" or EXTENDING.match(after)
    return bool(extends) or before == "\u200d" or (before, after) == ("\r", "\n")
