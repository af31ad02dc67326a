"""Cut a text to the longest prefix that fits and ends at a natural boundary.

The caller defines what fits: Apple's characters, or a service's bytes.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from apps.forvibe.localization.masking import SPACELESS

Fits = Callable[[str], bool]


class Boundary(NamedTuple):
    """A place to cut: after a match, if at least `share` of the longest prefix remains."""

    after: re.Pattern[str]
    share: float


# The end of a line or sentence, with closing quotes and brackets. CJK marks need no space after them.
_PAUSE = Boundary(
    re.compile(
        r"[^\r\n](?=\r?\n)"
        r"|[.!?\u2026\u061f\u06d4\u0964]++[\"'\u2019\u201d\u00bb)\]]*+(?=\s|$)"
        r"|[\u3002\uff01\uff1f\uff61]++[\u300d\u300f\uff09\"'\u2019\u201d)]*+"
    ),
    0.5,
)
_WORD = Boundary(re.compile(rf"\S(?=\s)|[{SPACELESS}]|.(?=[{SPACELESS}])"), 0)

# Best first. If none matches, a text is cut between characters.
SENTENCES = (_PAUSE, _WORD)
WORDS = (_WORD,)

# Characters that a shortened phrase must not end with.
DANGLING = " \t\r\n,;:|/&+([{\u2013\u2014\u00b7\u2022\u3001\uff0c\uff1a-"

# Two of these letters are a flag. Joiners, skin tones and tags extend the character before them.
FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
EXTENDING = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")


def cut(text: str, fits: Fits, boundaries: tuple[Boundary, ...]) -> int:
    """Return where to cut a `text` that does not fit: after 1 character or more."""
    longest = bisect_right(range(len(text) + 1), False, key=lambda end: not fits(text[:end])) - 1
    end = _between_characters(text, longest)
    for boundary in boundaries:
        ends = [found.end() for found in boundary.after.finditer(text, 0, end + 1)]
        last = next((at for at in reversed(ends) if at <= end), 0)
        if last and last >= end * boundary.share:
            return last
    return end


def pieces(text: str, fits: Fits, boundaries: tuple[Boundary, ...]) -> Iterator[str]:
    while not fits(text):
        end = cut(text, fits, boundaries)
        yield text[:end]
        text = text[end:]
    yield text


def _between_characters(text: str, end: int) -> int:
    """Return the last boundary up to `end` between visible characters, else `end`."""
    at = end
    while at > 0 and _joins(text, at):
        at -= 1
    return max(at or end, 1)


def _joins(text: str, at: int) -> bool:
    """Return whether `at` is inside a visible character.

    Covers a part of UAX #29, "Grapheme Cluster Boundaries": marks, joiners, skin tones, tags, flags, CR LF.
    """
    if at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if after in FLAG_LETTERS:
        run = at - len(text[:at].rstrip(FLAG_LETTERS))
        return run % 2 == 1
    extends = unicodedata.category(after)[0] == "M" or EXTENDING.match(after)
    return bool(extends) or before == "\u200d" or (before, after) == ("\r", "\n")
