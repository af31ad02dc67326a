"""Words in plain lower-case Latin letters for comparison: Łukasz is lukasz, Иван is ivan."""

# ruff: noqa: RUF001, RUF003 - letters that look like Latin ones are intended

import re
import unicodedata
from functools import lru_cache

# Letters and digits, of composed text. An apostrophe joins O'Brien, but not Doe's.
WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc](?![sS]\b)[^\W_]+)*")

# Letters that Unicode does not decompose.
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h"}
LETTERS |= {"ı": "i", "ŋ": "n", "ŧ": "t", "ə": "a", "ɛ": "e", "ɔ": "o"}
# Used in passports and in the German press (ICAO Doc 9303, part 3, section 6).
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# BGN/PCGN romanization of Russian (1947) without apostrophes, and letters of other languages.
CYRILLIC = """
а a  б b  в v  г g  д d  е e  ё e  ж zh  з z  и i  й y  к k  л l  м m  н n  о o  п p  р r  с s  т t  у u
ф f  х kh  ц ts  ч ch  ш sh  щ shch  ы y  э e  ю yu  я ya  і i  ї yi  є ye  ґ g  ў u  ј j  љ lj  њ nj  ћ c
ђ dj  џ dz
"""
# ISO 843:1997, type 2 (transcription), letter by letter.
GREEK = """
α a  β v  γ g  δ d  ε e  ζ z  η i  θ th  ι i  κ k  λ l  μ m  ν n  ξ x  ο o  π p  ρ r  σ s  ς s  τ t  υ y  φ f
χ ch  ψ ps  ω o
"""


def _pairs(table: str) -> dict[str, str]:
    letters = table.split()
    return dict(zip(letters[::2], letters[1::2], strict=True))


TO_LATIN = str.maketrans(LETTERS | _pairs(CYRILLIC) | _pairs(GREEK) | {"ъ": "", "ь": ""})


def composed(text: str) -> str:
    """Return the text in NFC, without format characters such as soft hyphens."""
    if text.isascii():
        return text
    return "".join(each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf")


@lru_cache(maxsize=65_536)
def spellings(word: str) -> tuple[str, ...]:
    """Return the spellings of a word in plain Latin letters: Müller is muller and mueller."""
    lowered = word.lower()
    plain = _plain(lowered)
    if lowered.isascii():
        return (plain,)
    written_out = _plain(lowered.translate(WRITTEN_OUT))
    return (plain,) if plain == written_out else (plain, written_out)


def _plain(lowered: str) -> str:
    if not lowered.isascii():
        # Romanize first: й and ё would lose their marks. Then again: decomposed, ά is α.
        romanized = lowered.replace("ού", "ου").replace("ου", "ou").translate(TO_LATIN)
        lowered = unicodedata.normalize("NFKD", romanized).translate(TO_LATIN)
    return "".join(character for character in lowered if character.isalnum())
