"""Stories: articles by several sources that report the same about the subject."""

import re
from dataclasses import dataclass

from rapidfuzz.fuzz import token_sort_ratio

from apps.deepidv.job_types.adverse_media_screening import Category, Finding, Stage
from apps.deepidv.screening.lexicon import CATEGORIES
from apps.deepidv.screening.passages import Coverage, Passage, most_severe

# The least similarity of titles and sentences of one story, of 100.
ALIKE = 90
# Days between two articles of one story.
ROUND = 30
# Characters. Equal sentences of this length are not a coincidence.
WORDY = 60
# " | The Daily Post" and " - Reuters" after a title.
SOURCE_BEHIND = re.compile(r"\s+[|\u2013\u2014-]\s+[^|\u2013\u2014-]{2,40}$")


@dataclass
class Story:
    """`coverage` has the earliest article first."""

    coverage: list[Coverage]

    @property
    def passages(self) -> list[Passage]:
        """The most severe passage of each category, ranked."""
        every = (passage for each in self.coverage for passage in each.passages.values())
        return sorted(most_severe(every).values(), key=_severity, reverse=True)

    @property
    def gravest(self) -> Passage:
        return self.passages[0]

    @property
    def sources(self) -> set[str]:
        """Articles of unknown source count as one source."""
        return {each.article.source or "" for each in self.coverage}

    def finding(self) -> Finding:
        ranked = self.passages
        gravest = ranked[0]
        lead = next(each.article for each in self.coverage if gravest in each.passages.values())
        articles = {each.article.url or each.article: each.article for each in self.coverage}
        elsewhere = [article for key, article in articles.items() if key not in (lead, lead.url)]
        return Finding(
            **lead.report().model_dump(by_alias=False),
            categories=[passage.exposure.category for passage in ranked],
            stage=gravest.exposure.stage,
            severity=gravest.exposure.severity,
            matched_name=gravest.matched_name,
            match_score=round(gravest.mention.score, 2),
            match_reasons=list(gravest.mention.reasons),
            denied=any(passage.exposure.denied for passage in ranked),
            evidence=gravest.evidence,
            also_reported=[article.report() for article in elsewhere],
        )


def stories(coverage: list[Coverage]) -> list[Story]:
    """Return the stories, the most severe first."""
    found = list[Story]()
    for each in sorted((each for each in coverage if each.passages), key=_order):
        story = next((story for story in found if _same(story.coverage[0], each)), None)
        if story is None:
            found.append(Story([each]))
        else:
            story.coverage.append(each)
    return sorted(found, key=lambda story: story.gravest.points, reverse=True)


def _order(coverage: Coverage) -> tuple[str, ...]:
    """Return a key that makes the order of the input irrelevant."""
    article = coverage.article
    day = article.day.isoformat() if article.day else "undated"
    return day, article.title, article.url or "", article.source or "", article.text


def _severity(passage: Passage) -> tuple[int, int]:
    return passage.points, -list(CATEGORIES).index(passage.exposure.category)


def _same(one: Coverage, other: Coverage) -> bool:
    """Return whether both report the same offences at the same time in nearly the same words."""
    mine, theirs = one.article, other.article
    if _offences(one) != _offences(other):
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


def _offences(coverage: Coverage) -> set[tuple[Category, Stage]]:
    return {(category, passage.exposure.stage) for category, passage in coverage.passages.items()}


def _alike(one: str, other: str) -> bool:
    mine, theirs = (SOURCE_BEHIND.sub("", text).casefold() for text in (one, other))
    return token_sort_ratio(mine, theirs, score_cutoff=ALIKE) > 0
