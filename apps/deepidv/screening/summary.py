"""The findings in words: counted, never interpreted."""

from collections import Counter

from apps.deepidv.job_types.adverse_media_screening import Category, Finding, Screened

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
STAGES = {
    "CONVICTED": "a conviction",
    "PENALISED": "a penalty or sanctions",
    "CHARGED": "charges",
    "INVESTIGATION": "an investigation",
    "ALLEGATION": "an allegation",
    "MENTION": "a mention beside it",
}


def summary(findings: list[Finding], screened: Screened) -> str:
    sentences = [f"{_found(findings)} in {_where(screened)}."]
    if findings:
        sentences += [_categories(findings), _gravest(findings[0])]
    denied = sum(finding.denied for finding in findings)
    if denied:
        sentences.append(f"{_number(denied)} of them report{'s' if denied == 1 else ''} a denial.")
    if screened.set_aside:
        sentences.append(_set_aside(screened.set_aside))
    if screened.unread:
        sentences.append(_unread(screened))
    if screened.truncated:
        sentences.append("The news search gave as many articles as it can: there may be more.")
    return " ".join(sentences)


def exposures(findings: list[Finding]) -> dict[Category, int]:
    """How many findings name each category, the most named first."""
    counted = Counter(category for finding in findings for category in finding.categories)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _found(findings: list[Finding]) -> str:
    return f"{_number(len(findings))} adverse-media finding{'' if len(findings) == 1 else 's'}"


def _where(screened: Screened) -> str:
    period = f" from {screened.since} to {screened.until}" if screened.since and screened.until else ""
    naming = f"{screened.naming} of which name{'s' if screened.naming == 1 else ''} the subject"
    return f"{screened.documents} {_things(screened, screened.documents)}{period}, {naming}"


def _things(screened: Screened, count: int) -> str:
    thing = "document" if screened.source == "documents" else "news title"
    return thing if count == 1 else f"{thing}s"


def _categories(findings: list[Finding]) -> str:
    told = ", ".join(f"{category} ({count})" for category, count in exposures(findings).items())
    return f"Categories: {told}."


def _gravest(finding: Finding) -> str:
    sources = {report.source or "" for report in (finding, *finding.also_reported)}
    told = f"The gravest tells of {STAGES[finding.stage]}: {finding.categories[0]}"
    if len(sources) > 1:
        return f"{told}, reported by {len(sources)} sources."
    return f"{told}, reported by {finding.source}." if finding.source else f"{told}."


def _set_aside(count: int) -> str:
    why = "the subject is cleared there, or not the offender"
    return f"{_number(count)} passage{' was' if count == 1 else 's were'} set aside: {why}."


def _unread(screened: Screened) -> str:
    count = screened.unread
    does, was = ("does", "was") if count == 1 else ("do", "were")
    things = f"{_number(count)} {_things(screened, count)}"
    return f"{things} {does} not seem to be in English and {was} not read."


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
