"""A listing's fields in another language, each within Apple's limit for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.localization.cutting import DANGLING, SENTENCES, WORDS, cut
from apps.forvibe.localization.masking import mask

if TYPE_CHECKING:
    from apps.forvibe.localization.masking import Masked, Patterns
    from apps.forvibe.localization.translation import Interpreter

# Apple takes an English comma or a Chinese one (App Store Connect Help, "Platform version
# information", keywords); a translator writes whatever its language does.
SEPARATORS = re.compile("[,\uff0c]")
FOREIGN_SEPARATORS = re.compile("[,\uff0c\u3001\u060c;\n]")
# A translator may make a sentence of a word.
LOOSE_ENDS = re.compile(r"^\s+|[\s.\u3002]+$")


class Localized(NamedTuple):
    """A field as it can be published, and what its translation was long before it was made to fit."""

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
    """A phrase ends with a word, a text with a sentence or a line, neither within what is kept."""

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
    """Each by itself and none twice; in their order, those that still fit."""
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
