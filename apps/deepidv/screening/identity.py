"""Evidence that a matching name is the subject's: an age, a year of birth or a country in the text.

Missing evidence changes nothing.
"""

import re
from datetime import date
from functools import cache
from typing import NamedTuple

from apps.deepidv.countries import NAMES
from apps.deepidv.screening.matching import Mention
from apps.deepidv.screening.texts import Text

SAME_BIRTH = 0.1
SAME_AGE = 0.05
OTHER_BIRTH = -0.4
SAME_COUNTRY = 0.03

# Characters around the name in which an age or a year of birth is the subject's.
BESIDE = 120
BORN = re.compile(r"\b(?:born|b\.|DOB|date of birth)[^;()\n]{0,30}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
AGE_AFTER = re.compile(r"(?:['\u2019]s)?(?:,| \() ?(?:aged? )?(\d{2})(?=[,)])")
AGE_BEFORE = re.compile(r"\b(\d{2})-year-old (?:[\w-]+ ){0,4}$")


class Weight(NamedTuple):
    change: float
    reasons: tuple[str, ...]


def weigh(
    text: Text, mentions: list[Mention], born: date | None, countries: list[str], published: date | None
) -> Weight:
    """Return the change of the match score."""
    weight = _birth(text, mentions, born, published) if born else Weight(0.0, ())
    for code in countries:
        if found := _country(code).search(text.full):
            reason = f"the text names {found[0]} ({code})"
            return Weight(weight.change + SAME_COUNTRY, (*weight.reasons, reason))
    return weight


def _birth(text: Text, mentions: list[Mention], born: date, published: date | None) -> Weight:
    for mention in mentions:
        before = text.full[max(0, mention.start - BESIDE) : mention.start]
        after = text.full[mention.end : mention.end + BESIDE]
        if year := BORN.search(after):
            same = int(year[1]) == born.year
            return Weight(SAME_BIRTH if same else OTHER_BIRTH, (f"the text says: born in {year[1]}",))
        age = AGE_AFTER.match(after) or AGE_BEFORE.search(before)
        if age and published:
            same = abs(int(age[1]) - _age(born, published)) <= 1
            return Weight(SAME_AGE if same else OTHER_BIRTH, (f"the text says: {age[1]} years old",))
    return Weight(0.0, ())


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@cache
def _country(code: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in NAMES[code]))
