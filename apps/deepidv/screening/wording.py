"""Lists of words and phrases as one regular expression, in a form that can be read and mended.

`took ~ bribes? | kick(-| )?backs?`: entries are parted by " | " and line breaks count as spaces; `~` is up
to three words, `...` up to sixty characters of the same clause; the rest is `re`'s, but that brackets
capture nothing. All of it stands between word boundaries, in any case of letters.
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


def wording(words: str) -> re.Pattern[str]:
    return re.compile(pattern(words), re.IGNORECASE)
