"""Suffixes of names: Jr., Sr., II."""

from apps.deepidv.screening.spelling import WORD, spellings
from apps.deepidv.screening.texts import Text

SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
# Also common words: "John Doe, Senior Vice President", "John Doe senior officials".
WORDS = {"junior", "senior"}


def suffix_of(name: str) -> str:
    """Return the suffix in its short form, or an empty text."""
    behind = (SUFFIXES.get(spellings(word)[0], "") for word in WORD.findall(name)[1:])
    return next((suffix for suffix in behind if suffix), "")


def suffix_behind(text: Text, index: int) -> str:
    """Return the suffix after this word in its short form, or an empty text."""
    if index + 1 >= len(text.words) or not text.linked(index, index + 1, comma=True):
        return ""
    following = text.words[index + 1]
    if following.raw.lower() in WORDS and not (following.capitalised and text.linked(index, index + 1)):
        return ""
    return SUFFIXES.get(following.raw.lower(), "")
