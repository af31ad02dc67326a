"""Search for the subject's name in a text. An exact match scores 1."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from apps.deepidv.screening.alignment import following, leading, spelt_differently, typo
from apps.deepidv.screening.names import Name, suffix_behind
from apps.deepidv.screening.spelling import spellings
from apps.deepidv.screening.texts import Text
from apps.deepidv.screening.vocabulary import (
    GENERATIONS,
    HONORIFICS,
    JOINERS,
    LEGAL_FORMS,
    NAMESAKES,
    OPENERS,
    PARTICLES,
)

# Deductions from the score. `alignment` has those for differences between words.
FAMILY_FIRST = 0.03
NAME_GOES_ON = 0.1
ONE_WORD = 0.2
SURNAME_ONLY = 0.05
SUFFIX_ADDED = 0.1
SUFFIX_DIFFERS = 0.3

# Letters. A one-word name of this length looks like many other words.
SHORT = 2

# Words that do not continue the name before or after them.
NOT_BEHIND = JOINERS | GENERATIONS
NOT_BEFORE = JOINERS | OPENERS | HONORIFICS

# At most, in a text.
MENTIONS = 200
# Words of a name on either side of the family name.
REACH = 8


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that refers to the subject. `name` is the name as the text has it."""

    start: int
    end: int
    score: float
    reasons: tuple[str, ...] = ()
    by: Literal["name", "surname", "pronoun"] = "name"
    name: str = ""

    def changed(self, by: float, *reasons: str) -> "Mention":
        score = round(min(1.0, max(0.0, self.score + by)), 4)
        return replace(self, score=score, reasons=(*self.reasons, *reasons))


@dataclass(slots=True)
class Matcher:
    """`common` are words that the texts also have in lower case."""

    names: list[Name]
    common: frozenset[str] = frozenset()
    _anchors: dict[str, tuple[Name, ...]] = field(default_factory=dict)

    def mentions(self, text: Text) -> list[Mention]:
        """Return the mentions in order, without overlap.

        A surname counts after "John Doe" until "Jane Doe".
        """
        found = list[Mention]()
        owner: Mention | None = None
        for index, word in enumerate(text.words):
            names = self._anchored(word.raw)
            if not names or (word.lower and text.cased) or (found and word.start < found[-1].end):
                continue
            best = max(self._whole(text, index, names), key=lambda each: each.score, default=None)
            if best is not None:
                owner = replace(best, name=text.full[best.start : best.end])
                found.append(owner)
            elif _given_name_before(text, index):
                owner = None
            elif owner is not None and self._surname(text, index, names):
                mention = replace(owner, start=word.start, end=word.end, by="surname")
                found.append(mention.changed(-SURNAME_ONLY, "surname only"))
            if len(found) == MENTIONS:
                break
        return found

    def _anchored(self, raw: str) -> tuple[Name, ...]:
        """Return the names whose family name may end with this word."""
        if raw not in self._anchors:
            near = (name for name in self.names if typo(name.family[-1], raw) is not None)
            self._anchors[raw] = tuple(near)
        return self._anchors[raw]

    def _whole(self, text: Text, index: int, names: tuple[Name, ...]) -> Iterator[Mention]:
        beside = {
            spellings(text.words[at].raw)[0][:1] for step in (-1, 1) for at in _outward(text, index, step)
        }
        for name in names:
            if name.given and len(name.family) == 1 and name.given[0][0] not in beside:
                continue  # a fast check
            family = _family(text, index, name)
            if family is None:
                continue
            if name.single:
                found = self._one_word(text, index, name, family)
            elif name.given:
                both = (_family_last(text, name, family), _family_first(text, index, name, family))
                found = max(filter(None, both), key=lambda each: each.score, default=None)
            else:
                found = family
            bounded = found and _bounded(text, found, name)
            if bounded is not None:
                yield bounded

    def _one_word(self, text: Text, index: int, name: Name, family: Mention) -> Mention | None:
        """Match a one-word name, if its capital letter shows that it is a name."""
        word = text.words[index]
        short = word.raw.isalpha() and len(word.raw) <= SHORT
        if word.lower or family.reasons or (short and not name.is_spelt(word.raw)):
            return None
        prose = text.prose_at(word.start)
        capitals = prose and word.raw.isupper() and len(word.raw) > 1  # unlike the first word of a sentence
        surely_a_name = capitals or (prose and not text.first_in_sentence(index))
        firm_in_capitals = capitals and name.kind == "organization"  # "British BP" is BP
        if surely_a_name and not firm_in_capitals and _given_name_before(text, index):
            return None
        following = _following(text, index)
        if name.kind == "organization" and following.lower() in LEGAL_FORMS and following != "company":
            return family
        if word.raw.isalpha() and len(word.raw) == 1:
            return None  # "Plan X": one letter names a firm only before its legal form
        if not surely_a_name and spellings(word.raw)[0] in self.common:
            return None
        return family.changed(-ONE_WORD, "one-word name")

    def _surname(self, text: Text, index: int, names: tuple[Name, ...]) -> bool:
        word = text.words[index]
        exact = any(name.given and typo(name.family[-1], word.raw) == 0 for name in names)
        return exact and not _goes_on(text, index)


def _family(text: Text, index: int, name: Name) -> Mention | None:
    """Match a family or firm's name that ends at this word. One word may be misspelt."""
    loss, at = 0.0, index
    for offset, expected in enumerate(reversed(name.family)):
        at = _before(text, at) if offset else index
        lost = None if at < 0 else typo(expected, text.words[at].raw)
        if lost is None or (loss and lost):
            return None
        loss += lost
    whole = Mention(text.words[at].start, text.words[index].end, 1.0)
    return whole.changed(-loss, *spelt_differently(loss))


def _before(text: Text, at: int) -> int:
    """Return the index of the word before, skipping "and", or -1."""
    while at > 0 and text.linked(at - 1, at):
        at -= 1
        if text.words[at].raw.lower() != "and":
            return at
    return -1


def _family_last(text: Text, name: Name, family: Mention) -> Mention | None:
    outward = _outward(text, text.word_starting_at(family.start), -1)
    raws = [text.words[at].raw for at in outward]
    found = leading(name.given, raws, exact=bool(family.reasons), prose=text.prose_at(family.start))
    if found is None:
        return None
    start = text.words[outward[found.used - 1]].start
    return replace(family, start=start).changed(-found.loss, *found.reasons)


def _family_first(text: Text, index: int, name: Name, family: Mention) -> Mention | None:
    """Match "Doe, John", but not "Jane Doe, John Smith"."""
    if _given_name_before(text, text.word_starting_at(family.start)):
        return None
    outward = _outward(text, index, 1)
    found = following(name.given, [text.words[at].raw for at in outward], exact=bool(family.reasons))
    if found is None:
        return None
    whole = replace(family, end=text.words[outward[found.used - 1]].end).changed(-found.loss, *found.reasons)
    if "," in text.full[text.words[index].end : whole.end]:
        return whole
    return whole.changed(-FAMILY_FIRST, "family name first")


def _outward(text: Text, index: int, step: int) -> list[int]:
    """Return the words of the same name, nearest first, without titles and particles."""
    found, at = list[int](), index
    while 0 <= at + step < len(text.words) and len(found) < REACH:
        left = min(at, at + step)
        if not text.linked(left, left + 1, comma=step > 0 and at == index):
            break
        at += step
        raw = text.words[at].raw.lower()
        if raw in PARTICLES or raw in HONORIFICS:
            continue
        letters = raw.isalpha() or "'" in raw or "\u2019" in raw
        if raw in JOINERS or not letters or (text.words[at].lower and text.cased):
            break
        found.append(at)
    return found


def _bounded(text: Text, found: Mention, name: Name) -> Mention | None:
    """Check the next word: John Doe Smith, John Doe Foundation and John Doe-Smith may be others."""
    index = text.word_ending_at(found.end)
    following = _following(text, index)
    if name.kind == "organization" and following.lower() in LEGAL_FORMS:
        return replace(found, end=text.words[index + 1].end)
    if name.kind == "person" and (suffix := suffix_behind(text, index)):
        return _with_suffix(text, found, index + 1, suffix, name)
    hyphen = text.full[found.end : found.end + 1] in ("-", "\u2010", "\u2011")
    namesake = following[:1].isupper() and following.lower() in NAMESAKES
    if name.kind == "person" and (namesake or (following and hyphen)):
        return None
    return found.changed(-NAME_GOES_ON, "the name continues") if _goes_on(text, index) else found


def _with_suffix(text: Text, found: Mention, index: int, suffix: str, name: Name) -> Mention:
    """Score a suffix. "John Doe Jr." may be John Doe, but is not John Doe Sr."""
    whole = replace(found, end=text.words[index].end)
    if suffix == name.suffix:
        return whole
    loss = SUFFIX_DIFFERS if name.suffix else SUFFIX_ADDED
    return whole.changed(-loss, f"{text.words[index].raw} after the name")


def _following(text: Text, index: int) -> str:
    """Return the next word if it can belong to the same name, or an empty text."""
    near = index + 1 < len(text.words) and text.linked(index, index + 1)
    return text.words[index + 1].raw if near else ""


def _goes_on(text: Text, index: int) -> bool:
    word = _following(text, index)
    return word[:1].isupper() and word.lower() not in NOT_BEHIND and text.prose_at(text.words[index].start)


def _given_name_before(text: Text, index: int) -> bool:
    if not index or not text.linked(index - 1, index):
        return False
    word = text.words[index - 1]
    return word.capitalised and word.raw.lower() not in NOT_BEFORE
