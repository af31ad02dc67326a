"""Sentences that name the subject but mean somebody else: "not John Doe", "John Doe's lawyer"."""

import re

from apps.deepidv.screening.vocabulary import HONORIFICS
from apps.deepidv.screening.wording import pattern, wording

# From "Mr" or "the banker" up to the name.
TITLED = rf"(?: the \w+)?(?: (?:{'|'.join(sorted(HONORIFICS))})\.?)? $"

EXCLUDED = wording(
    "unlike | rather than | instead of | as opposed to | mistaken for",
    before=r"(?:(?<!\bor )\bnot(?: by)?|\b(?:it|that|this) (?:was|is)n['\u2019]t|",
    after=f"){TITLED}",
)
# "not John Doe's first conviction", "not John Doe alone", "unlike John Doe, who was convicted".
INCLUDED = re.compile(
    r"['\u2019]|,? (?:alone|only|(?:him|her|it)self)\b"
    r"|, (?:who|accused|arrested|charged|convicted|fined|jailed|sentenced)\b",
    re.IGNORECASE,
)

PEOPLE = r"""(ex-?|co-?|step-?|half-?|grand)?(wife | wives | husband | spouse | fianc[e\u00e9]e? | son
    | daughter | children | brother | sister | father | mother | parent | uncle | aunt | cousin | nephew
    | niece | widow | widower | partner | boyfriend | girlfriend | friend | neighbou?r | predecessor
    | successor | rival | opponent | colleague | associate | ally | allies | employee | employer | boss
    | client | lawyer | attorney | solicitor | barrister | spokes(man|men|woman|women|person|people)
    | agent | representative | adviser | advisor | aide | assistant | deputy | secretary | manager
    | accountant | banker | bodyguard | driver)s?"""
# "John Doe's wife-murder trial".
OFFENCE_BEHIND = r"[- ](?:abuse|assault|fraud|killing|money|murder|trial)\b"
# What these people say may be about the subject, so it counts.
SPEAKING = r"(?:,[^,;]{1,60},)?(?: [\w.]+){0,3} " + pattern(
    """
    | said | says | told | tells | den(y|ies|ied) | argue[sd] | insist(s|ed) | claim(s|ed) | confirm(s|ed)
    | reject(s|ed) | describe[sd] | decline[sd] | testif(ies|ied) | did not | added | stated
    | admit(s|ted)"""
)
# "John Doe's former business partner", but not "John Doe's fraud against clients".
BELONGING = wording(
    PEOPLE,
    before=r"\.?['\u2019]s? (?:(?!of |on |for |with |by |to |in |from |against |and )\w+[- ]){0,3}",
    after=f"(?!{SPEAKING}|{OFFENCE_BEHIND})",
)
BELONGING_TO = wording(PEOPLE, after=f" (?:of|for|to){TITLED}")
SPEAKING_BEHIND = re.compile(SPEAKING, re.IGNORECASE)
POSSESSIVE = {"his", "her", "their", "its"}


def is_about_another(before: str, name: str, after: str) -> bool:
    """Return whether the sentence is about somebody else. `name` may be a pronoun."""
    if BELONGING.match(f"'s{after}" if name.lower() in POSSESSIVE else after):
        return True
    if INCLUDED.match(after):
        return False
    if EXCLUDED.search(before):
        return True
    return bool(BELONGING_TO.search(before)) and not SPEAKING_BEHIND.match(after)
