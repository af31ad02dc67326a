"""Translate a listing's fields, each within Apple's limit."""

import re
from typing import NamedTuple

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.localization.cutting import DANGLING, SENTENCES, WORDS, cut
from apps.forvibe.localization.masking import Masked, Patterns, mask
from apps.forvibe.localization.translation import Interpreter

# English and Chinese commas (App Store Connect Help, "Platform version information", keywords), and the
# separators that translators use.
SEPARATORS = re.compile("[,\uff0c]")
FOREIGN_SEPARATORS = re.compile("[,\uff0c\u3001\u060c;\n]")
# A translator may turn a word into a sentence.
LOOSE_ENDS = re.compile(r"^\s+|[\s.\u3002]+$")


class Localized(NamedTuple):
    """A translated field, and the length of its translation before it was shortened."""

    text: str
    translated_length: int


def localize(field: str, text: str, keep: Patterns, interpreter: Interpreter) -> Localized:
    if field == "keywords":
        return _keywords(text, keep, interpreter)
    masked = mask(text, keep)
    translated = interpreter.translate(masked.text)
    whole = masked.restore(translated)
    return Localized(_shortened(field, translated, masked), measure(whole))


def _shortened(field: str, translated: str, masked: Masked) -> str:
    """Cut phrases after a word, and long texts after a sentence or line. Masked parts stay whole."""

    def fits(text: str) -> bool:
        return measure(masked.restore(text)) <= LIMITS[field]

    if fits(translated):
        return masked.restore(translated)
    if field in ("description", "whats_new"):
        end = cut(translated, fits, SENTENCES)
        return masked.restore(translated[:end].rstrip())
    phrase = translated[: cut(translated, fits, WORDS)]
    return masked.restore(phrase.rstrip(DANGLING) or phrase)


def _keywords(text: str, keep: Patterns, interpreter: Interpreter) -> Localized:
    """Translate each keyword by itself, drop duplicates, and keep those that fit, in order."""
    found: dict[str, tuple[str, Masked]] = {}
    for keyword in SEPARATORS.split(text):
        masked = mask(keyword.strip(), keep)
        for each in FOREIGN_SEPARATORS.split(interpreter.translate(masked.text)):
            bare = LOOSE_ENDS.sub("", each)
            found.setdefault(masked.restore(bare).casefold(), (bare, masked))
    found.pop("", None)
    whole = [masked.restore(bare) for bare, masked in found.values()]
    chosen: list[str] = []
    for keyword in whole:
        if measure(",".join([*chosen, keyword])) <= LIMITS["keywords"]:
            chosen.append(keyword)
    if whole and not chosen:
        chosen = [_shortened("keywords", *next(iter(found.values())))]
    return Localized(",".join(chosen), measure(",".join(whole)))
