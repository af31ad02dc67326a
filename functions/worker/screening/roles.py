"""In which part a sentence has the subject: as victim, accuser, prosecutor or kin it is no offender."""

import re

from screening.matching import Mention
from screening.wording import pattern, wording

# Characters after the name that still tell what it is there.
AHEAD = 250

# Before an offence, and after it: it is only fought, spoken about, or somebody's work.
PREVENTING = re.compile(
    r"(?:\banti|\bcounter)[- ]?$|"
    + pattern(
        r"""
        | victims? of | targets? of | defrauded by | fight(s|ing)? | combat(s|ting|ing)?
        | tackl(e|es|ing) | against | prevent(s|ing|ion)?( of)? | crackdown on | awareness of
        | expert (on|in) | spoke ~ (on|about)
        | (talk|speech|lecture|book|report|seminar|film|novel) (\w+ )?(on|about)"""
    )
    + r"(?: \w+){0,2}[ -]$",
    re.IGNORECASE,
)
PREVENTED = re.compile(
    "[- ]"
    + pattern(
        """
        | prevention | awareness | experts? | investigators? | unit | office | squad | detectives?
        | prosecutors? | lawyers? | bill | act | laws? | legislation | conference | research | detection
        | compliance | hotline | victims? | examiners? | specialists? | task force | division | section
        | branch | rules | controls"""
    ),
    re.IGNORECASE,
)
# "Doe was defrauded", unlike "Doe was charged": the offence itself is done to the subject.
PASSIVE = re.compile(r"\b(?:was|were|been|being|is|are|got) (?:\w+ )?$", re.IGNORECASE)
DONE_TO = wording(
    """
    | defrauded | swindled | scammed | conned | robbed | burgled | murdered | raped | kidnapped
    | abducted | stabbed | assaulted | molested | tortured | strangled | hacked | extorted"""
)

ROLE = (
    "(prosecutor|judge|attorney|lawyer|solicitor|barrister|detective|inspector|investigator|constable|sheriff"
    "|journalist|reporter|spokes(man|woman|person)|witness|analyst|professor|victim|plaintiff|whistle-?blower)"
)
ROLE_BEFORE = re.compile(pattern(f"{ROLE}( general)?") + " $", re.IGNORECASE)
ROLE_AFTER = re.compile(
    r",? " + pattern(rf"((a|an|the|who is an?|who is the) )?(\w+ ){{0,2}}{ROLE}(?! who)"), re.IGNORECASE
)
ACCUSED = wording(
    r"""
    | (was|were|is|are|been|being|be|stands|stood) (\w+ ){0,2}(charged|convicted|indicted|arrested)
    | (was|were|is|are|been|being|be|stands|stood) (\w+ ){0,2}(accused|sentenced)
    | (was|were|is|are|been|being|be) (\w+ ){0,2}(jailed|investigated|found guilty|suspended|disbarred|fined)
    | plead(ed|s)"""
)
ACCUSING = re.compile(
    r",? (?:who )?(?:has |have |had |also |later )*"
    + pattern(
        """
        | accuse[sd]? | sue[ds] | exposed | uncovered | reported | investigates | investigated
        | prosecuted | condemned | denounced | warned | criticised | criticized"""
    )
    + "(?! (?:of|in|for|over|by|on|with|after))",
    re.IGNORECASE,
)
RELATIVE = re.compile(
    r"['\u2019]s? (?:\w+ ){0,2}"
    + pattern(
        """
        | (wife|husband|son|daughter|brother|sister|father|mother|uncle|cousin|nephew|widow|partner)s?
        | (boyfriend|girlfriend|neighbou?r|predecessor|successor|rival|colleague|friend)s?
        | (associate|employee|client)s?"""
    ),
    re.IGNORECASE,
)


def is_bystander(sentence: str, mention: Mention) -> bool:
    """Whether the sentence has the subject as prosecutor, accuser or kin, and not as the accused."""
    before, after = sentence[: mention.start], sentence[mention.end : mention.end + AHEAD]
    if RELATIVE.match(after) or ACCUSING.match(after):
        return True
    role = ROLE_BEFORE.search(before[-40:]) or ROLE_AFTER.match(after)
    return bool(role) and not ACCUSED.search(after)


def is_no_deed(sentence: str, offence: re.Match[str], mention: Mention) -> bool:
    """Whether the offence is only fought, spoken about, or done to the subject."""
    start, end = offence.span()
    if PREVENTING.search(sentence[max(0, start - 50) : start]) or PREVENTED.match(sentence[end : end + 30]):
        return True
    done_to = mention.end <= start and DONE_TO.fullmatch(offence[0])
    return bool(done_to and PASSIVE.search(sentence[mention.end : start]))
