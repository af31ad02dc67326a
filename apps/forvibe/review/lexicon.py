"""Find phrases in a text word by word, in linear time: "best" is not found in "bestow"."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from apps.forvibe.review.page import Text, Word, fold

# Allowed between the words of a phrase; after "no" and "nr" also a point.
JOINTS = frozenset(" \t-_'\u2019\u2010\u2011\u00a0")
NUMBER = frozenset({"no", "nr", "n"})
WIDEST_JOINT = 3


class Phrase(NamedTuple):
    words: tuple[str, ...]
    innocent: bool


class Lexicon:
    """Lists of phrases to find, and of innocent ones, separated by commas. The longest phrase wins.

    Phrases in scripts without spaces are found anywhere in a text.
    """

    def __init__(self, phrases: str, innocent: str = "") -> None:
        self._starting: dict[str, list[Phrase]] = defaultdict(list)
        self._unspaced: list[str] = []
        self._unspaced_innocent: list[str] = []
        for phrase in listed(phrases):
            self._add(phrase, innocent=False)
        for phrase in listed(innocent):
            self._add(phrase, innocent=True)
        for known in self._starting.values():
            known.sort(key=lambda each: len(each.words), reverse=True)

    def _add(self, phrase: str, *, innocent: bool) -> None:
        if _unspaced(folded := fold(phrase)):
            (self._unspaced_innocent if innocent else self._unspaced).append(folded)
            return
        words = tuple(word.text for word in Text(phrase).words)
        self._starting[words[0]].append(Phrase(words, innocent))

    def find(self, text: Text) -> Iterator[str]:
        """Yield the excerpts of the raw text that match a phrase."""
        end = 0
        first = self._starting.keys() & text.places.keys()
        for index in sorted(index for word in first for index in text.places[word]):
            phrase = self._at(text, index) if index >= end else None
            if phrase is None:
                continue
            end = index + len(phrase.words)
            if not phrase.innocent:
                yield text.excerpt(text.words[index].start, text.words[end - 1].end)
        yield from self._find_unspaced(text)

    def _find_unspaced(self, text: Text) -> Iterator[str]:
        folded = text.folded
        for phrase in self._unspaced_innocent:
            folded = folded.replace(phrase, " " * len(phrase))
        for phrase in self._unspaced:
            if (start := folded.find(phrase)) >= 0:
                yield text.excerpt(start, start + len(phrase))

    def _at(self, text: Text, index: int) -> Phrase | None:
        phrases = self._starting[text.words[index].text]
        return next((phrase for phrase in phrases if _matches(phrase.words, text, index)), None)


def listed(phrases: str) -> Iterator[str]:
    """Yield phrases that are separated by commas and line breaks."""
    return (phrase.strip() for phrase in re.split("[,\n]", phrases) if phrase.strip())


def _matches(phrase: tuple[str, ...], text: Text, index: int) -> bool:
    words = text.words[index : index + len(phrase)]
    if tuple(word.text for word in words) != phrase:
        return False
    return all(_joined(text.folded, first, second) for first, second in pairwise(words))


def _joined(folded: str, first: Word, second: Word) -> bool:
    joint = folded[first.end : second.start]
    allowed = JOINTS | {"."} if first.text in NUMBER else JOINTS
    return len(joint) <= WIDEST_JOINT and allowed.issuperset(joint)


def _unspaced(folded: str) -> bool:
    """Return whether the text has Han, Kana, Hangul (whose particles join the word) or Thai."""
    return any(
        "\u0e00" <= each <= "\u0eff" or "\u1100" <= each <= "\u11ff" or each >= "\u2e80" for each in folded
    )
