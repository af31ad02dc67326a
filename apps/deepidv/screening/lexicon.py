"""English words for offences in the press, and the weight of each category."""

import re
from typing import NamedTuple, cast

from apps.deepidv.job_types.adverse_media_screening import Category
from apps.deepidv.screening.wording import pattern

# "US sanctions Doe" in a headline.
SANCTIONING = r"(treasury|ofac|us|u\.s\.|uk|eu|un|council|washington|britain|government) sanctions"


class Terms(NamedTuple):
    """The words of a category. `weight` is the severity of a conviction, at most 100.

    `deeds` imply that somebody did it. `topics` only name the offence.
    """

    weight: int
    deeds: str
    topics: str


# A category and its weight; its deeds; its topics. Lines that start with | continue the line before. Threats
# to life or to the financial system have the highest weights.
_TABLE = rf"""
TERRORISM 80
  terrorists? | suicide bombers? | (financ|fund)(ed|ing) (of )?terror(ism|ists?)
  terrorism | terror (attacks?|plots?|charges?|financing|offences?|group) | jihadist\w* | al[- ]qaeda
    | terrorist (attacks?|financing|group) | islamic state
HUMAN_TRAFFICKING 75
  (human|people|sex) (traffick|smuggl)ers? | smuggl(ed|ing) migrants
    | traffick(ed|ing) (women|girls|children|minors|people|migrants|workers)
  (human|people|sex|child) traffick\w+ | (people|migrant|human) smuggling | modern slavery | forced labou?r
    | sexual exploitation | child (sexual )?abuse( material| images)? | child pornography
MONEY_LAUNDERING 70
  launder(ed|ing) ~ (money|funds|cash|proceeds|profits|millions|billions|[$€£]?\d\S*) | money[- ]launderers?
  money[- ]laundering | laundering( schemes?| charges?)? | proceeds of crime
    | illicit (funds|financial flows)
SANCTIONS 70
  sanctioned by | under ~ sanctions | (was|were|been|is|are) sanctioned | {SANCTIONING}
    | sanctions? (evasion|busting|violations?|breach(es)?)
    | (evad|breach|violat|circumvent)(ed|ing) ~ sanctions
    | designated by (the )?(ofac|(us |u\.s\. )?treasury) | (imposed|placed|slapped) ~ sanctions on
  sanctions list | asset freeze | frozen assets | export[- ]control\w* violations? | embargo
ORGANISED_CRIME 70
  gangsters? | mobsters? | mafios[io] | crime boss(es)? | extorted | racketeers?
  organi[sz]ed crime | mafia | racketeering | extortion | blackmail | crime (syndicate|ring|family)
    | criminal (gang|syndicate|network|organi[sz]ation) | cosa nostra | camorra | 'ndrangheta | yakuza
    | (arms|gun) (trafficking|smuggling)
DRUG_TRAFFICKING 65
  drug (dealers?|lords?|barons?|kingpins?|smugglers?|traffickers?|mules?) | smuggled (cocaine|heroin|drugs)
    | deal(t|ing) (in )?(cocaine|heroin|drugs)
  drug[- ](traffick\w+|smuggling|dealing|offences?|charges?|cartel|ring) | narcotics? | cocaine | heroin
    | fentanyl | methamphetamine
BRIBERY_CORRUPTION 65
  bribed | bribing
    | (pay|paid|paying|took|take|taking|accept(ed|ing)?|receiv(ed|ing)|offer(ed|ing)?) ~ bribes?
    | (pay|paid|paying|took|take|taking|accept(ed|ing)?|receiv(ed|ing)|solicit(ed|ing)?) ~ kickbacks?
  bribery? | bribes | kickbacks? | corruption | graft | corrupt | influence peddling | illicit enrichment
    | abuse of (office|power) | misconduct in public office
FRAUD 60
  fraudsters? | defraud(ed|ing)? | swindled | swindlers? | scammed | scammers? | conned | con ?m[ae]n
    | embezzl(ed|ing) | embezzlers? | misappropriated | siphoned | forged | falsified | counterfeiters?
    | cheated investors
  frauds? | fraudulent(ly)? | ponzi( scheme)? | pyramid scheme | scams? | swindle | embezzlement
    | misappropriation | forgery | counterfeit(ing)? | false accounting | identity theft | phishing
VIOLENCE 60
  murderers? | murdered | killers? | rapists? | raped | kidnapped | abducted | kidnappers? | stabbed
    | assaulted | molested | tortured | strangled
  murder | manslaughter | homicide | rape | sexual (assault|abuse|offences?) | kidnapping | abduction
    | assault | battery | grievous bodily harm | domestic (violence|abuse) | torture | war crimes?
    | crimes against humanity | genocide | hostage[- ]taking
MARKET_ABUSE 55
  insider traders? | (rigged|manipulated) ~ (markets?|prices?|rates?|shares?|stocks?|libor)
  insider[- ](trading|dealing) | market (abuse|manipulation|rigging) | price[- ]fixing | pump[- ]and[- ]dump
    | securities (fraud|violations?) | cartel offences?
TAX_CRIME 55
  tax (evaders?|cheats?|dodgers?) | (evad|dodg)(ed|ing) ~ tax(es)?
  tax[- ](evasion|fraud|crimes?|offences?|dodging) | undeclared income | (vat|carousel) fraud
    | (cigarette|tobacco|fuel|customs) smuggling
CYBERCRIME 55
  hackers? | hacked | cyber[- ]?criminals? | stole ~ (data|passwords|credentials|cryptocurrency)
  cyber[- ]?crime | hacking | ransomware | malware | data theft | computer (fraud|misuse|intrusion)
    | cyber[- ]?attacks? | botnet
THEFT 45
  thief | thieves | robbers? | burglars? | stole | robbed | burgled | looted
  theft | robbery | burglary | larceny | stolen (goods|property|cars|funds|money) | handling stolen goods
    | heist
ENVIRONMENTAL_CRIME 45
  poachers? | (illegally )?(dumped|dumping) ~ (waste|sewage|chemicals)
    | polluted ~ (river|water|lake|land|sea)
  illegal (logging|mining|fishing|dumping|waste) | wildlife (trafficking|smuggling|crime) | poaching
    | ivory smuggling | environmental (crimes?|offences?) | toxic waste | pollution offences?
REGULATORY 35
  (was|were|been|is) (fined|disqualified|struck off|banned) | fined (by|[$€£]?\d\S*|[$€£]\S+)
    | lost ~ licen[cs]e | licen[cs]e (was |has been )?(revoked|suspended|withdrawn)
  regulatory (breach(es)?|action|fines?|failings?|violations?) | cease[- ]and[- ]desist | unlicensed
    | (professional|gross) misconduct | compliance failings? | breach of (licen[cs]e|rules|fiduciary duty)
    | consent order | enforcement action
"""
_CATEGORY = re.compile(r"^(\w+) (\d+)\n  (\S.*(?:\n    .*)*)\n  (\S.*(?:\n    .*)*)", re.MULTILINE)
CATEGORIES: dict[Category, Terms] = {
    cast("Category", name): Terms(int(weight), deeds, topics)
    for name, weight, deeds, topics in _CATEGORY.findall(_TABLE)
}

OFFENCES = {
    category: re.compile(rf"(?P<deed>{pattern(terms.deeds)})|{pattern(terms.topics)}", re.IGNORECASE)
    for category, terms in CATEGORIES.items()
}
# A fast first check: most sentences name no offence.
ANY = re.compile(
    "|".join(pattern(words) for terms in CATEGORIES.values() for words in (terms.deeds, terms.topics)),
    re.IGNORECASE,
)
