"""Replace names and placeholders with single private-use characters, and restore them byte for byte."""

import re
from collections.abc import Iterable
from typing import NamedTuple

Patterns = tuple[re.Pattern[str], ...]

# Supplementary Private Use Area-A of Unicode: `chr(FIRST + n)` marks the n-th protected part.
FIRST = 0xF0000
MARK = re.compile("[\\U000f0000-\\U000ffffd]")

# Scripts without spaces between words: Thai, Lao, Burmese, Khmer, Kana, Han, and CJK marks.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff00-\uffef\U00020000-\U0003ffff"
)

# Each is linear in a line's length. `\w` and `\d` match ASCII only, so that placeholders are also found
# directly after text in scripts without spaces.
STRUCTURES: Patterns = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        MARK.pattern,
        # Markup, and single angle brackets: they break the service's handling of `translate="no"`
        # (GitHub, aws/aws-sdk-ruby, issue 3191).
        r"</?[A-Za-z][^<>\n]{0,200}>",
        r"[<>]+",
        r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]\w{1,30});",
        # Addresses: URLs, domains, e-mail, handles.
        rf"(?:https?://|www\.)[^\s<>\"'{SPACELESS}]*[^\s<>\"'{SPACELESS}.,;:!?)\]}}]",
        r"(?<![\w.@-])(?:[A-Za-z0-9-]{1,63}\.){1,8}(?:ai|app|co|com|dev|info|io|me|net|org)(?![\w-])(?:/[\w/%.-]*\w)?",
        r"(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
        r"(?<![\w.@])@\w{2,30}",
        # Placeholders: {{name}}, {count}, ${price}, %@, %d, %1$s, %.2f.
        r"\{\{[^{}\n]{0,100}\}\}|[$%#]?\{[^{}\n]{0,100}\}",
        r"(?<![\w%])%(?:\d{1,2}\$)?[-+#0]?\d{0,4}(?:\.\d{1,4})?(?:hh?|ll?|[qztjL])?[@dDiuUxXoOfFeEgGcCsSpaA](?![A-Za-z])",
        # Versions and other numbers with points: 2.0, v1.4.2-beta.1, v3.
        r"(?<![\w.])v?\d+(?:\.\d+)+(?:-(?:alpha|beta|rc)(?:\.?\d+(?:\.\d+)*)?)?(?!\w)|(?<!\w)v\d+(?!\w)",
    )
)

# Between an app's own name and its tagline, as in "Trail Ledger: Hikes & Maps".
TAGLINE = re.compile(r"\s*(?::(?=\s|$)|[\uff1a|])|\s+[-\u2013\u2014]\s+")


class Masked(NamedTuple):
    """A text with marks, and the protected parts by the marks' numbers."""

    text: str
    kept: tuple[str, ...]

    def restore(self, text: str) -> str:
        """Replace the marks in a translation or a part of this text with the originals."""
        return MARK.sub(lambda found: self.kept[ord(found[0]) - FIRST], text)


def brand(name: str | None) -> str:
    return TAGLINE.split(name or "", maxsplit=1)[0].strip()


def patterns(terms: Iterable[str]) -> Patterns:
    """Return the patterns to protect: `STRUCTURES`, and these terms as whole words."""
    stripped = (term.strip() for term in terms)
    return (*STRUCTURES, *(re.compile(_whole(term)) for term in dict.fromkeys(stripped) if term))


def _whole(term: str) -> str:
    """Return a term's pattern. In scripts with spaces it does not match within a longer word."""
    letter = rf"[^\W{SPACELESS}]"
    before = f"(?<!{letter})" if re.match(letter, term[0]) else ""
    after = f"(?!{letter})" if re.match(letter, term[-1]) else ""
    return f"{before}{re.escape(term)}{after}"


def mask(text: str, keep: Patterns) -> Masked:
    masked: list[str] = []
    kept: list[str] = []
    at = 0
    for start, end in _stretches(text, keep):
        masked += [text[at:start], chr(FIRST + len(kept))]
        kept.append(text[start:end])
        at = end
    return Masked("".join(masked) + text[at:], tuple(kept))


def _stretches(text: str, keep: Patterns) -> list[tuple[int, int]]:
    """Return the matched ranges in order; overlapping and adjacent ones are merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found.span() for pattern in keep for found in pattern.finditer(text)):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged
