"""The passages of an article that name the subject and an offence."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from apps.deepidv.job_types.adverse_media_screening import Category, Subject
from apps.deepidv.screening.articles import Article
from apps.deepidv.screening.identity import weigh
from apps.deepidv.screening.language import is_english
from apps.deepidv.screening.matching import Matcher, Mention
from apps.deepidv.screening.reading import Exposure, read
from apps.deepidv.screening.texts import Sentence, Text

EVIDENCE_LENGTH = 300
# Characters read before and after the name in a very long sentence.
AROUND = 600
# Sentences after the name in which a pronoun still refers to it.
PRONOUN_REACH = 2
PRONOUN_LOSS = 0.1
# At most.
MENTIONS_IN_SENTENCE = 5
PRONOUN = re.compile(
    r"[\"'\u201c\u2018(]?(?:He|She|They|His|Her|Their|It|Its|The (?:company|firm|bank|group))\b"
)
ANOTHER_NAME = re.compile(r"[^\W\d_a-z][a-z]+ [^\W\d_a-z][a-z]+")


@dataclass(frozen=True, slots=True)
class Passage:
    exposure: Exposure
    mention: Mention
    matched_name: str
    evidence: str

    @property
    def points(self) -> int:
        return max(1, round(self.exposure.severity * self.mention.score))


@dataclass(frozen=True, slots=True)
class Coverage:
    """The most severe passages of one article, by category.

    `unread` means that nothing was found and the article seems not to be in English.
    """

    article: Article
    naming: bool
    passages: dict[Category, Passage]
    set_aside: int
    unread: bool


def most_severe(passages: Iterable[Passage]) -> dict[Category, Passage]:
    """Return the first of the most severe passages of each category."""
    found = dict[Category, Passage]()
    for passage in passages:
        category = passage.exposure.category
        if category not in found or passage.points > found[category].points:
            found[category] = passage
    return found


@dataclass(frozen=True, slots=True)
class Reader:
    subject: Subject
    matcher: Matcher
    categories: Collection[Category]
    minimum: float

    def read(self, article: Article, text: Text) -> Coverage:
        mentions = self._mentions(article, text)
        passages, set_aside = list[Passage](), 0
        for number, beside in self._by_sentence(text, mentions).items():
            found, aside = self._passages(text, text.sentences[number], beside)
            set_aside += bool(aside and not found)
            passages += found
        unread = not passages and not set_aside and not is_english(text.full)
        return Coverage(article, bool(mentions), most_severe(passages), set_aside, unread)

    def _mentions(self, article: Article, text: Text) -> list[Mention]:
        found = self.matcher.mentions(text)
        if not found:
            return []
        weight = weigh(text, found, self.subject.date_of_birth, self.subject.countries, article.day)
        weighed = (mention.changed(weight.change, *weight.reasons) for mention in found)
        return [mention for mention in weighed if round(mention.score, 2) >= self.minimum]

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
        """Yield the next sentences that start with a pronoun, if this one names nobody else."""
        said = text.sentences[number]
        rest = text.full[said.start : mention.start] + ";" + text.full[mention.end : said.end]
        weaker = mention.changed(-PRONOUN_LOSS, "pronoun that refers to the name")
        if ANOTHER_NAME.search(rest) or round(weaker.score, 2) < self.minimum:
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
            reading = read(said, here, self.categories)
            set_aside += reading.set_aside
            found += [
                Passage(exposure, mention, _flat(mention.name), _quoted(said, here, exposure))
                for exposure in reading.exposures
            ]
        return found, set_aside


def _quoted(sentence: str, mention: Mention, exposure: Exposure) -> str:
    """Return the sentence, cut to the part with the name and the offence."""
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
