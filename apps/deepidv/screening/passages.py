"""One article: where it names the subject, and what it says there."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from apps.deepidv.job_types.adverse_media_screening import Category, Subject
from apps.deepidv.screening.articles import Article
from apps.deepidv.screening.identity import weigh
from apps.deepidv.screening.language import is_english
from apps.deepidv.screening.matching import Matcher, Mention
from apps.deepidv.screening.reading import Exposure, read
from apps.deepidv.screening.texts import Sentence, Text

EVIDENCE_LENGTH = 300
# Characters around the name: of a sentence without end nobody reads more at once.
AROUND = 600
# How many sentences on "He" is still the one named before.
PRONOUN_REACH = 2
PRONOUN_LOSS = 0.1
# A sentence that names somebody over and over says no more of him the sixth time.
MENTIONS_IN_SENTENCE = 5
PRONOUN = re.compile(
    r"[\"'\u201c\u2018(]?(?:He|She|They|His|Her|Their|It|Its|The (?:company|firm|bank|group))\b"
)
ANOTHER_NAME = re.compile(r"[^\W\d_a-z][a-z]+ [^\W\d_a-z][a-z]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """An exposure with the sentence that it stands in and the name that it is held against."""

    exposure: Exposure
    mention: Mention
    matched_name: str
    evidence: str

    @property
    def points(self) -> int:
        """The severity, as sure as the name is."""
        return max(1, round(self.exposure.severity * self.mention.score))


@dataclass(frozen=True, slots=True)
class Telling:
    """What one article says: of each category the gravest passage.

    `unread` is one that says nothing because it is in another language, as far as one can tell.
    """

    article: Article
    naming: bool
    passages: dict[Category, Passage]
    set_aside: int
    unread: bool


class Reader:
    def __init__(
        self, subject: Subject, matcher: Matcher, categories: Collection[Category], minimum: float
    ) -> None:
        self._subject = subject
        self._matcher = matcher
        self._categories = categories
        self._minimum = minimum

    def read(self, article: Article, text: Text) -> Telling:
        mentions = self._mentions(article, text)
        passages, set_aside = dict[Category, Passage](), 0
        for number, beside in self._by_sentence(text, mentions).items():
            found, aside = self._passages(text, text.sentences[number], beside)
            set_aside += bool(aside and not found)
            for passage in found:
                category = passage.exposure.category
                if category not in passages or passage.points > passages[category].points:
                    passages[category] = passage
        unread = not passages and not set_aside and not is_english(text.full)
        return Telling(article, bool(mentions), passages, set_aside, unread)

    def _mentions(self, article: Article, text: Text) -> list[Mention]:
        found = self._matcher.mentions(text)
        if not found:
            return []
        subject = self._subject
        weight = weigh(text, found, subject.date_of_birth, subject.countries, article.day)
        weighed = (mention.changed(weight.change, *weight.reasons) for mention in found)
        return [mention for mention in weighed if round(mention.score, 2) >= self._minimum]

    def _by_sentence(self, text: Text, mentions: list[Mention]) -> dict[int, list[Mention]]:
        found = dict[int, list[Mention]]()
        for mention in mentions:
            beside = found.setdefault(text.sentence_at(mention.start), [])
            if len(beside) < MENTIONS_IN_SENTENCE:
                beside.append(mention)
        for number, beside in list(found.items()):
            for following, pronoun in self._pronouns(text, number, beside[0]):
                if following in found:
                    break
                found[following] = [pronoun]
        return found

    def _pronouns(self, text: Text, number: int, mention: Mention) -> Iterator[tuple[int, Mention]]:
        """The sentences after this one that go on with "He", unless it has named anybody else."""
        said = text.sentences[number]
        rest = text.full[said.start : mention.start] + ";" + text.full[mention.end : said.end]
        weaker = mention.changed(-PRONOUN_LOSS, "by a pronoun, after the name")
        if ANOTHER_NAME.search(rest) or round(weaker.score, 2) < self._minimum:
            return
        for following in range(number + 1, min(number + 1 + PRONOUN_REACH, len(text.sentences))):
            start = PRONOUN.match(text.full, text.sentences[following].start)
            if start is None:
                return
            yield following, replace(weaker, start=start.start(), end=start.end(), by="pronoun")

    def _passages(self, text: Text, sentence: Sentence, mentions: list[Mention]) -> tuple[list[Passage], int]:
        found, set_aside = list[Passage](), 0
        for mention in mentions:
            start, end = max(sentence.start, mention.start - AROUND), min(sentence.end, mention.end + AROUND)
            said = text.full[start:end]
            here = replace(mention, start=mention.start - start, end=mention.end - start)
            reading = read(said, here, self._categories)
            set_aside += reading.set_aside
            found += [
                Passage(exposure, mention, _flat(mention.name), _quoted(said, here, exposure))
                for exposure in reading.exposures
            ]
        return found, set_aside


def _quoted(sentence: str, mention: Mention, exposure: Exposure) -> str:
    """The sentence, or of a long one the part with the name and the offence, cut between words."""
    flat = _flat(sentence)
    if len(flat) <= EVIDENCE_LENGTH:
        return flat
    start = max(0, min(mention.start, exposure.start) - 20)
    if exposure.end - start > EVIDENCE_LENGTH - 4 and exposure.start > mention.start:
        start = max(start, exposure.end - EVIDENCE_LENGTH + 60)
    part = _flat(sentence[start : start + EVIDENCE_LENGTH + 200])
    if start:
        part = "\u2026 " + part.partition(" ")[2] if " " in part[:40] else "\u2026 " + part
    if len(part) <= EVIDENCE_LENGTH:
        return part
    cut = part[: EVIDENCE_LENGTH - 2]
    return (cut.rpartition(" ")[0] if " " in cut[-40:] else cut) + " \u2026"


def _flat(text: str) -> str:
    return " ".join(text.split())
