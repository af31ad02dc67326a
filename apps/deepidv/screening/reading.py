"""Offences that a sentence reports about the subject, and the stage of each.

The nearest words decide, not the grammar. In doubt a sentence counts, for a person to judge.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from apps.deepidv.job_types.adverse_media_screening import Category, Stage
from apps.deepidv.screening.lexicon import ANY, CATEGORIES, OFFENCES
from apps.deepidv.screening.matching import Mention
from apps.deepidv.screening.roles import is_bystander, is_no_deed
from apps.deepidv.screening.stages import STAGES, Cue, cues
from apps.deepidv.screening.wording import wording

# Characters from the name to an offence, and from an offence to a cue of its stage.
NAME_REACH = 250
CUE_BEFORE = 100
CUE_AFTER = 70

DENIAL = wording("den(y|ies|ied|ying) | plead(ed|s|ing)? not guilty | pled not guilty | reject(s|ed)")
# Another person or matter follows.
TURN = re.compile(r";|,? (?:while|whereas|whilst) ", re.IGNORECASE)
SOMEBODY = re.compile(r"\b[A-Z][a-z]+")
# "charged with alleged fraud" is charged.
SUPPOSED = re.compile(r"(?:alleged(?:ly)?|suspected) (?:\w+ )?", re.IGNORECASE)
# After a cue that has its own offence: "acquitted of bribery", "jailed for theft". But not "cleared of all
# charges", "jailed for six years".
GOVERNING = re.compile(
    r"(?: (?:of|with)|(?<= of)) (?!all|any|the charges|these|those|both|wrongdoing|it\b|them)"
    r"|,? for (?!\d|life|a\b|an\b|at least|more|up to|nearly|almost|over|(?:\w+[ -])?(?:years|months|days))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Exposure:
    """An offence, with its place in the sentence."""

    category: Category
    stage: Stage
    start: int
    end: int
    denied: bool

    @property
    def severity(self) -> int:
        return max(1, round(CATEGORIES[self.category].weight * STAGES[self.stage]))


class Reading(NamedTuple):
    exposures: list[Exposure]
    set_aside: int


def read(sentence: str, mention: Mention, categories: Collection[Category]) -> Reading:
    """Read a sentence, which has the mention's places. A category counts once, with its highest stage."""
    if not ANY.search(sentence):
        return Reading([], 0)
    found, set_aside = dict[Category, Exposure](), 0
    bystander = is_bystander(sentence, mention)
    said = cues(sentence)
    denied = DENIAL.search(sentence) is not None
    for category, offence in _offences(sentence, mention, categories):
        stage = None if bystander else _stage(sentence, offence, said, mention)
        if stage is None:
            set_aside += 1
            continue
        exposure = Exposure(category, stage, offence.start(), offence.end(), denied)
        if category not in found or exposure.severity > found[category].severity:
            found[category] = exposure
    return Reading(list(found.values()), set_aside)


def _offences(
    sentence: str, mention: Mention, categories: Collection[Category]
) -> Iterator[tuple[Category, re.Match[str]]]:
    start, end = max(0, mention.start - NAME_REACH), mention.end + NAME_REACH
    for category in CATEGORIES:
        if category in categories:
            for offence in OFFENCES[category].finditer(sentence, start, end):
                if offence.end() <= mention.start or offence.start() >= mention.end:
                    yield category, offence


def _stage(sentence: str, offence: re.Match[str], said: list[Cue], mention: Mention) -> Stage | None:
    """Return the stage, or None if the subject is cleared or not the offender."""
    if is_no_deed(sentence, offence, mention):
        return None
    start, end = offence.span()
    near = [*_nearest_before(sentence, said, start), *_nearest_after(sentence, said, end, mention)]
    near += [cue for cue in said if cue.start >= start and cue.end <= end]
    stages: list[Stage] = ["ALLEGATION" if offence["deed"] else "MENTION"]
    for cue in near:
        if cue.stage == "CLEARED":
            return None
        stages.append(cue.stage)
    return max(stages, key=STAGES.__getitem__)


def _nearest_before(sentence: str, said: list[Cue], start: int) -> list[Cue]:
    """Return the last cue before the offence: "charged with fraud"."""
    near = [cue for cue in said if cue.start < start and start - cue.end <= CUE_BEFORE]
    if near and SUPPOSED.fullmatch(sentence, near[-1].start, start):
        near = near[:-1] or near
    return [cue for cue in near[-1:] if not TURN.search(sentence, cue.end, start)]


def _nearest_after(sentence: str, said: list[Cue], end: int, mention: Mention) -> list[Cue]:
    """Return the cue after the offence: "fraud charges", not of another person or offence."""
    for cue in said:
        if cue.end > end and cue.start >= end:
            between = sentence[end : cue.end]
            if mention.start >= end:  # without the subject's own name
                between = sentence[end : mention.start] + sentence[mention.end : max(mention.end, cue.end)]
            parted = cue.start - end > CUE_AFTER or TURN.search(between) or SOMEBODY.search(between)
            return [] if parted or GOVERNING.match(sentence, cue.end) else [cue]
    return []
