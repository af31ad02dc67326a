"""English cues of courts and police for the stage of a matter, and for clearing somebody."""

import re
from typing import Literal, NamedTuple, cast

from apps.deepidv.job_types.adverse_media_screening import Stage
from apps.deepidv.screening.lexicon import SANCTIONING
from apps.deepidv.screening.wording import pattern

# Factors of a category's weight.
STAGES: dict[Stage, float] = {
    "CONVICTED": 1.0,
    "PENALISED": 0.85,
    "CHARGED": 0.75,
    "INVESTIGATION": 0.55,
    "ALLEGATION": 0.4,
    "MENTION": 0.15,
}

_NOT = r"(not|never|\w+n['\u2019]t|no longer)( been| being| ever| yet| facing| formally| to be)*"
_CASE = r"(charges?|case|allegations?|accusations?|claims|lawsuit|indictment|conviction|investigation|probe)"

# The first list that matches at a place wins: "pleaded not guilty" is not "not guilty". A name that ends
# in _ is a second list of that stage.
CUES: dict[str, str] = {
    "CHARGED_": """plead(ed|s|ing)? not guilty | pled not guilty | if (found guilty|convicted)
        | (faces?|facing|risks?) ... (in prison|in jail|imprisonment|behind bars|sentence)""",
    "CLEARED": rf"""acquitt(ed|al|als|ing) | exonerat\w+ | (found |declared |ruled )?not guilty
        | innocent of | vindicated | clear(ed|s|ing) ~ of | clear(ed|s) (his|her|their|its) name
        | (was|were|been) cleared
        | {_NOT} (charged|accused|suspected|convicted|indicted|arrested|implicated|involved|guilty)
        | {_NOT} (linked|under|investigated|a suspect|commit(ted)?|found to have) | no wrongdoing
        | defamed | libell?ed
        | no (\w+ )?(evidence|suggestion|indication|proof|finding) ~ (of|that|to|against|linking)
        | false (accusations?|allegations?|claims?|charges?)
        | (wrong|wrongful|false|mistaken)ly (\w+ )?(accused|convicted|charged|jailed|imprisoned|arrested)
        | (drop(s|ped|ping)?|dismiss(es|ed|ing)?|withdr[ae]w(s|n|ing)?|abandon(s|ed)?) ~ {_CASE}
        | (quash(es|ed)?|overturn(s|ed|ing)?|vacat(es|ed)|thr[oe]w(s|n)? out) ~ {_CASE}
        | {_CASE} ... (dropped|dismissed|withdrawn|thrown out|quashed|overturned|vacated|annulled|collapsed)
        | {_CASE} ... (unfounded|baseless|unproven|closed without)""",
    "CONVICTED": """convict(ed|s|ion|ions|ing) | found guilty | plead(ed|s|ing)? guilty | pled guilty
        | guilty( plea| verdict)? | sentenc(ed|es|ing) | jail(ed|s) | imprisoned | prison (term|sentence)
        | years in (prison|jail)""",
    "PENALISED": f"""fined | fines? (of|against|for) | ordered to pay | penalt(y|ies) | disqualified
        | struck off | disbarred | blacklisted | banned (from|by) | debarred | revoked
        | (was|were|been|is|are) sanctioned | sanctioned by | designated by | impos(ed|es) ~ sanctions
        | plac(ed|es) ~ sanctions | under ~ sanctions | {SANCTIONING}""",
    "CHARGED": r"""charg(ed|es|e|ing) | indict(ed|ment|ments|s) | arraign(ed|ment) | prosecut(ed|ion)
        | (on|stand(s|ing)?|stood|faces?|facing|went on|awaiting) trial | in the dock | extradit\w+""",
    "INVESTIGATION": r"""investigat(ed|ion|ions|ing|es|e|ors) | prob(e|es|ed|ing) | inquir(y|ies)
        | arrest(ed|s)? | raid(ed|s)? | detained | in custody | questioned by | subpoena\w*
        | search warrants? | wanted (by|for|in) | fugitive | interpol""",
    "ALLEGATION": """alleg(ed|es|edly|ation|ations|ing|e) | accus(ed|es|ation|ations|ing|e)
        | suspect(ed|s|ing)? | suspicion | claim(s|ed)? (that|of) | implicat(ed|es) | linked to
        | links? to | tied to | complaints? | lawsuits? | sued | sues | scandal | embroiled | role in
        | involve(d|ment) in | connection (with|to) | denie[sd] | denying | admit(ted|s|ting)
        | confess(ed|es)""",
}
_CUE = re.compile("|".join(f"(?P<{stage}>{pattern(words)})" for stage, words in CUES.items()), re.IGNORECASE)


class Cue(NamedTuple):
    """Words that show a stage, and their place in a sentence."""

    start: int
    end: int
    stage: Stage | Literal["CLEARED"]


def cues(sentence: str) -> list[Cue]:
    return [
        Cue(found.start(), found.end(), cast("Stage", (found.lastgroup or "").rstrip("_")))
        for found in _CUE.finditer(sentence)
    ]
