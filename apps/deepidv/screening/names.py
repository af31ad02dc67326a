"""Names of people and firms, in parts."""

import re
from dataclasses import dataclass
from typing import Literal

from apps.deepidv.screening.spelling import WORD, composed, spellings
from apps.deepidv.screening.texts import Text
from apps.deepidv.screening.vocabulary import GENERATIONS, HONORIFICS, LEGAL_FORMS, PARTICLES

DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}|\b[^\W\d_]\.(?:[^\W\d_]\.?)+(?=\W|$)")
SUFFIXES = {"jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "iii": "iii", "iv": "iv"}
# Also common words: "John Doe, Senior Vice President", "John Doe senior officials".
WORDS = {"junior", "senior"}


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of the subject's name, in plain Latin letters.

    A text must have all of `family`, and the first of `given` or its initial. Firms and one-word names have
    no `given`. `written` has diacritics. `suffix` is jr, sr, ii, or empty.
    """

    written: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    kind: Literal["person", "organization"]
    suffix: str = ""

    @property
    def single(self) -> bool:
        return len(self.given) + len(self.family) == 1

    def is_spelt(self, raw: str) -> bool:
        """Return whether a word is this one-word name, as given, in capitals, or for a person as "Li"."""
        return raw in (self.written, self.written.upper()) or (
            self.kind == "person" and raw == self.written.capitalize()
        )


def names_of(texts: list[str], kind: Literal["person", "organization"]) -> list[Name]:
    """Return every spelling of these names, for each name first the one as given."""
    read = _people if kind == "person" else _firms
    found = dict[tuple[tuple[str, ...], tuple[str, ...], str], Name]()
    for text in texts:
        for name in read(composed(text)):
            found.setdefault((name.given, name.family, name.suffix), name)
    return list(found.values())


def _people(text: str) -> list[Name]:
    before, _, after = text.partition(",")
    if given := _significant(after, 0):
        return _forms(given, _significant(before, 1), suffix_of(text))
    words = _significant(before, 2)
    # A hyphen joins a double family name: Smith-Jones is not Jones.
    double = len(WORD.findall(before.split()[-1])) if before.split() else 1
    return _forms(words[:-double], words[-double:], suffix_of(text))


def _significant(text: str, least: int) -> list[str]:
    """Return the words without titles before and suffixes after, but at least `least` of them."""
    words = [word for word in WORD.findall(text) if any(spellings(word))]
    while len(words) > least and spellings(words[-1])[0] in GENERATIONS:
        words.pop()
    while len(words) > least and spellings(words[0])[0] in HONORIFICS:
        words.pop(0)
    return words


def _forms(given: list[str], family: list[str], suffix: str) -> list[Name]:
    family_core = [word for word in family if not _is_particle(word)] or family
    given_core = given[:1] + [word for word in given[1:] if not _is_particle(word)]
    particles = [word for word in given[1:] + family if _is_particle(word)]
    written = " ".join([*given, *family])
    found = []
    for at in (0, -1):  # plain, then with umlauts as two letters
        forenames, surnames = _spelt(given_core, at), _spelt(family_core, at)
        found.append(Name(written, forenames, surnames, "person", suffix))
        joined = "".join((*_spelt(particles, at), *surnames))
        if particles or len(surnames) > 1:  # al-Masri is also Almasri
            found.append(Name(written, forenames, (joined,), "person", suffix))
    return [name for name in found if name.family]


def _is_particle(word: str) -> bool:
    return spellings(word)[0] in PARTICLES


def _spelt(words: list[str], at: int) -> tuple[str, ...]:
    return tuple(spelt for word in words if (spelt := spellings(word)[at]))


def _firms(text: str) -> list[Name]:
    words = WORD.findall(DOTTED.sub(lambda found: found[0].replace(".", ""), text))
    words = [word for word in words if spellings(word)[0] not in ("and", "")]
    core = words[1:] if len(words) > 1 and words[0].lower() == "the" else words
    while len(core) > 1 and spellings(core[-1])[0] in LEGAL_FORMS:
        core = core[:-1]
    written = " ".join(core)
    return [Name(written, (), _spelt(core, at), "organization") for at in (0, -1) if core]


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
