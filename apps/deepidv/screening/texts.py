"""A text as words and sentences with their places."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from apps.deepidv.screening.spelling import WORD, composed
from apps.deepidv.screening.vocabulary import ABBREVIATIONS, HONORIFICS, PREPOSITIONS

BREAK = re.compile(r"[.!?\u2026][\"'\u2019\u201d)\]]*\s+(?=[\"'\u2018\u201c(\[]?[^\Wa-z_])|\n[ \t]*\n\s*")
# Characters between two words of one name.
SPACE = re.compile(r"[ \t\u00a0]*[.&\-\u2010\u2011]?[ \t\u00a0]*\n?[ \t]*")
# Title Case has no such words except prepositions.
SMALL_WORD = re.compile(r"(?<!\w)[^\WA-Z\d_]{4,}")
COMMA = re.compile(r",[ \t\u00a0]*")


@dataclass(frozen=True, slots=True)
class Word:
    start: int
    end: int
    raw: str

    @property
    def lower(self) -> bool:
        return self.raw[0].islower()

    @property
    def capitalised(self) -> bool:
        return self.raw[0].isupper()


class Sentence(NamedTuple):
    start: int
    end: int


class Text:
    def __init__(self, title: str, body: str = "") -> None:
        self.title = composed(title)
        self.full = f"{self.title}\n\n{composed(body)}" if body else self.title
        self._prose = dict[int, bool]()

    @cached_property
    def words(self) -> list[Word]:
        return [Word(found.start(), found.end(), found[0]) for found in WORD.finditer(self.full)]

    @cached_property
    def cased(self) -> bool:
        """Whether the text has capital letters at all."""
        return any(character.isupper() for character in self.full)

    @cached_property
    def sentences(self) -> list[Sentence]:
        ends = [mark.end() for mark in BREAK.finditer(self.full) if self._ends_sentence(mark)]
        return [Sentence(*bounds) for bounds in pairwise([0, *ends, len(self.full)])]

    def sentence_at(self, place: int) -> int:
        """Return the index of the sentence at this place."""
        return bisect_right(self.sentences, place, key=lambda sentence: sentence.start) - 1

    def prose_at(self, place: int) -> bool:
        """Return whether the sentence at this place is prose, not in Title Case or CAPITALS."""
        number = self.sentence_at(place)
        if number not in self._prose:
            sentence = self.sentences[number]
            small = SMALL_WORD.finditer(self.full, sentence.start, min(sentence.end, sentence.start + 2000))
            self._prose[number] = any(word[0] not in PREPOSITIONS for word in small)
        return self._prose[number]

    def word_starting_at(self, place: int) -> int:
        return bisect_left(self.words, place, key=lambda word: word.start)

    def word_ending_at(self, place: int) -> int:
        return bisect_left(self.words, place, key=lambda word: word.end)

    def linked(self, left: int, right: int, *, comma: bool = False) -> bool:
        """Return whether two adjacent words can belong to one name. `comma` allows a comma between them."""
        between = self.full[self.words[left].end : self.words[right].start]
        if comma and COMMA.fullmatch(between):
            return True
        if len(between) > 4 or not SPACE.fullmatch(between):
            return False
        return "." not in between or self._shortened(self.words[left].raw)

    def first_in_sentence(self, index: int) -> bool:
        place = self.words[index].start
        start = self.sentences[self.sentence_at(place)].start
        return index == 0 or self.words[index - 1].end <= start

    def _ends_sentence(self, mark: re.Match[str]) -> bool:
        if mark[0][0] != ".":
            return True
        before = WORD.findall(self.full[max(0, mark.start() - 12) : mark.start()])
        return not before or not self._shortened(before[-1])

    def _shortened(self, word: str) -> bool:
        return len(word) == 1 or word.lower() in HONORIFICS | ABBREVIATIONS
