"""A readable notation for regular expressions of words and phrases.

In `took ~ bribes? | kick(-| )?backs?`, " | " separates entries, and line breaks count as spaces. `~` is up
to three words, `...` is up to 60 characters of the same clause. Groups do not capture. A match starts and
ends at word boundaries.
"""

import re

_BRACKET = re.compile(r"\((?!\?)")


def pattern(words: str) -> str:
    entries = (
        " ".join(words.split())
        .removeprefix("| ")
        .replace("~ ", r"(?:\S+ ){0,3}?")
        .replace(" ... ", r"\b[^.;]{0,60}?\b")
    )
    return rf"(?<!\w)(?:{_BRACKET.sub('(?:', entries.replace(' | ', '|'))})(?!\w)"


def wording(words: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """Compile the words between two regular expressions."""
    return re.compile(before + pattern(words) + after, re.IGNORECASE)
