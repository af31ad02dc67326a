"""From articles to findings: what is told in several places is one story, told by several sources."""

import re
from dataclasses import dataclass, field

from rapidfuzz.fuzz import token_sort_ratio

from apps.deepidv.job_types.adverse_media_screening import Category, Finding, Stage
from apps.deepidv.screening.articles import Article
from apps.deepidv.screening.lexicon import CATEGORIES
from apps.deepidv.screening.passages import Passage, Telling

# Of 100: how alike the words of one story are, wherever it is printed.
ALIKE = 90
# Days that a story goes around; later it is told anew.
ROUND = 30
# A sentence of so many characters is not written twice by chance.
WORDY = 60
# " | The Daily Post" and " - Reuters" behind a title.
SOURCE_BEHIND = re.compile(r"\s+[|\u2013\u2014-]\s+[^|\u2013\u2014-]{2,40}$")


@dataclass
class Story:
    tellings: list[Telling] = field(default_factory=list)

    @property
    def passages(self) -> dict[Category, Passage]:
        """Of each category the gravest; of equals, the first told."""
        found = dict[Category, Passage]()
        for telling in self.tellings:
            for category, passage in telling.passages.items():
                if category not in found or passage.points > found[category].points:
                    found[category] = passage
        return found

    @property
    def gravest(self) -> Passage:
        return max(self.passages.values(), key=_gravity)

    @property
    def sources(self) -> list[str]:
        """Who tells it, each once; articles of unknown source count as one."""
        return list(dict.fromkeys(telling.article.source or "" for telling in self.tellings))

    def finding(self) -> Finding:
        gravest = self.gravest
        lead = next(telling for telling in self.tellings if gravest in telling.passages.values())
        ranked = sorted(self.passages.values(), key=_gravity, reverse=True)
        return Finding(
            **lead.article.report().model_dump(by_alias=False),
            categories=[passage.exposure.category for passage in ranked],
            stage=gravest.exposure.stage,
            severity=gravest.exposure.severity,
            matched_name=gravest.matched_name,
            match_score=round(gravest.mention.score, 2),
            match_reasons=list(gravest.mention.reasons),
            denied=any(passage.exposure.denied for passage in ranked),
            evidence=gravest.evidence,
            also_reported=[article.report() for article in self._elsewhere(lead.article)],
        )

    def _elsewhere(self, lead: Article) -> list[Article]:
        """The other articles, one of each address."""
        others = {telling.article.url or telling.article: telling.article for telling in self.tellings}
        return [article for key, article in others.items() if key not in (lead, lead.url)]


def stories(tellings: list[Telling]) -> list[Story]:
    """The gravest story first; of its tellings, the earliest."""
    found = list[Story]()
    for telling in sorted((telling for telling in tellings if telling.passages), key=_order):
        story = next((story for story in found if _same(story.tellings[0], telling)), None)
        if story is None:
            found.append(Story([telling]))
        else:
            story.tellings.append(telling)
    return sorted(found, key=lambda story: story.gravest.points, reverse=True)


def _order(telling: Telling) -> tuple[str, ...]:
    """By day, then by whatever tells two articles apart: the order that they came in says nothing."""
    article = telling.article
    day = article.day.isoformat() if article.day else "undated"
    return day, article.title, article.url or "", article.source or "", article.text


def _gravity(passage: Passage) -> tuple[int, int]:
    return passage.points, -list(CATEGORIES).index(passage.exposure.category)


def _same(one: Telling, other: Telling) -> bool:
    """Whether both tell the same of the subject, at the same time, in nearly the same words."""
    mine, theirs = one.article, other.article
    if _told(one) != _told(other):
        return False
    if mine.url and mine.url == theirs.url:
        return True
    if mine.day and theirs.day and abs((mine.day - theirs.day).days) > ROUND:
        return False
    quotes = [
        (passage.evidence, other.passages[category].evidence) for category, passage in one.passages.items()
    ]
    if any(said == again and len(said) >= WORDY for said, again in quotes):
        return True
    return _alike(mine.title, theirs.title) and all(_alike(said, again) for said, again in quotes)


def _told(telling: Telling) -> set[tuple[Category, Stage]]:
    return {(category, passage.exposure.stage) for category, passage in telling.passages.items()}


def _alike(one: str, other: str) -> bool:
    mine, theirs = (SOURCE_BEHIND.sub("", text).casefold() for text in (one, other))
    return token_sort_ratio(mine, theirs, score_cutoff=ALIKE) > 0
