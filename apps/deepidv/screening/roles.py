"""The role of the subject in a sentence: a victim, accuser, prosecutor or actor is not the offender.

Nor is the subject if the sentence means somebody else: "not John Doe", "John Doe's lawyer".
"""

import re

from apps.deepidv.screening.matching import Mention
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

# Characters before and after the name that show its role.
BEHIND = 80
AHEAD = 250

# The offence is only fought, discussed or somebody's work.
PREVENTING = wording(
    r"""
    | victims? of | targets? of | defrauded by | fight(s|ing)? | combat(s|ting|ing)?
    | tackl(e|es|ing) | against | prevent(s|ing|ion)?( of)? | crackdown on | awareness of
    | expert (on|in) | spoke ~ (on|about)
    | (talk|speech|lecture|book|report|seminar|film|novel) (\w+ )?(on|about)""",
    before=r"(?:\banti|\bcounter)[- ]?$|",
    after=r"(?: \w+){0,2}[ -]$",
)
PREVENTED = wording(
    """
    | prevention | awareness | experts? | investigators? | unit | office | squad | detectives?
    | prosecutors? | lawyers? | bill | act | laws? | legislation | conference | research | detection
    | compliance | hotline | victims? | examiners? | specialists? | task force | division | section
    | branch | rules | controls""",
    before="[- ]",
)
# "Doe was defrauded", unlike "Doe was charged": the subject is the victim.
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
ROLE_BEFORE = wording(f"{ROLE}( general)?", after=" $")
ROLE_AFTER = wording(rf"((a|an|the|who is an?|who is the) )?(\w+ ){{0,2}}{ROLE}(?! who)", before=",? ")
# "John Doe, a lawyer, convicted of theft".
_BARE = r", (?:now |later )?(?:accused|arrested|charged|convicted|fined|jailed|sentenced)\b"
_SAID = pattern(
    r"""
    | (was|were|is|are|been|being|be|stands|stood) (\w+ ){0,2}(charged|convicted|indicted|arrested)
    | (was|were|is|are|been|being|be|stands|stood) (\w+ ){0,2}(accused|sentenced)
    | (was|were|is|are|been|being|be) (\w+ ){0,2}(jailed|investigated|found guilty|suspended|disbarred|fined)
    | plead(ed|s)"""
)
ACCUSED = re.compile(f"{_BARE}|{_SAID}", re.IGNORECASE)
ACCUSING = wording(
    """
    | accuse[sd]? | sue[ds] | exposed | uncovered | reported | investigates | investigated
    | prosecuted | condemned | denounced | warned | criticised | criticized""",
    before=",? (?:who )?(?:has |have |had |also |later )*",
    after="(?! (?:of|in|for|over|by|on|with|after))",
)

# "who defrauded John Doe", "the murder of John Doe", but not "the trial of John Doe".
HARMING = wording(
    """
    | (defraud|con+|scam+|extort|rob+|kidnap+|abduct|stab+|assault|molest|hack|kill|murder)(ed|ing)
    | (swindl|rap|tortur|strangl|burgl|cheat|blackmail)(ed|ing)
    | (murder|manslaughter|killing|stabbing|rape|kidnapping|abduction|torture|assault) (of|on)
    | (killers?|murderers?|kidnappers?|rapists?|robbers?) of
    | (stole|stolen|stealing|embezzl(ed|ing)|extort(ed|ing)) ~ from""",
    after=TITLED,
)
# "plays a murderer in the film", but not "played a role in the fraud".
PLAYING = re.compile(
    r",? (?:who )?(?:has |had |will |also |once )*(?:"
    + pattern(r"portray(s|ed|ing)?(?! (him|her|it|them)sel\w+| as ) | (co-?)?star(s|red|ring)? as")
    + r"|(?P<staged>"
    + pattern(
        r"""
        | play(s|ed|ing)? (an?|the|(?-i:[A-Z])\w+) | (co-?)?star(s|red|ring)? (in|opposite)
        | act(s|ed|ing)? (in|opposite)"""
    )
    + r"(?! (?:[\w-]+ ){0,4}(?:role|part) in)))",
    re.IGNORECASE,
)
STAGE = wording(
    """
    | films? | movies? | biopic | thriller | (tv|television|drama|crime|comedy|netflix) series | miniseries
    | drama | sitcom | soap opera | musical | opera | theatre | theater | on stage | netflix | broadway
    | hollywood | west end"""
)
# About the actor, not about the character "who was convicted".
SELF_ACCUSED = re.compile(rf"{_BARE}|(?<!\bwho ){_SAID}", re.IGNORECASE)


def is_bystander(sentence: str, mention: Mention) -> bool:
    """Return whether the subject is not the accused, or the sentence is about somebody else."""
    before, after = sentence[: mention.start][-BEHIND:], sentence[mention.end : mention.end + AHEAD]
    named = sentence[mention.start : mention.end]
    if ACCUSING.match(after) or HARMING.search(before) or _is_about_another(before, named, after):
        return True
    playing = PLAYING.match(after)
    if playing and (not playing["staged"] or STAGE.search(sentence)):
        return not SELF_ACCUSED.search(after)
    role = ROLE_BEFORE.search(before) or ROLE_AFTER.match(after)
    return bool(role) and not ACCUSED.search(after)


def is_no_deed(sentence: str, offence: re.Match[str], mention: Mention) -> bool:
    """Return whether the offence is only fought or discussed, or done to the subject."""
    start, end = offence.span()
    if PREVENTING.search(sentence[max(0, start - 50) : start]) or PREVENTED.match(sentence[end : end + 30]):
        return True
    done_to = mention.end <= start and DONE_TO.fullmatch(offence[0])
    return bool(done_to and PASSIVE.search(sentence[mention.end : start]))


def _is_about_another(before: str, name: str, after: str) -> bool:
    """Return whether the sentence is about somebody else. `name` may be a pronoun."""
    if BELONGING.match(f"'s{after}" if name.lower() in POSSESSIVE else after):
        return True
    if INCLUDED.match(after):
        return False
    if EXCLUDED.search(before):
        return True
    return bool(BELONGING_TO.search(before)) and not SPEAKING_BEHIND.match(after)
