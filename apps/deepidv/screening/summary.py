"""The summary of a result in words. It counts findings and interprets nothing."""

from collections import Counter

from apps.deepidv.job_types.adverse_media_screening import Category, Finding, Screened

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
STAGES = {
    "CONVICTED": "conviction",
    "PENALISED": "penalty or sanctions",
    "CHARGED": "charges",
    "INVESTIGATION": "investigation",
    "ALLEGATION": "allegation",
    "MENTION": "mention",
}


def summary(findings: list[Finding], screened: Screened) -> str:
    found = f"{_number(len(findings))} adverse-media finding{'' if len(findings) == 1 else 's'}"
    sentences = [f"{found} in {_where(screened)}."]
    if findings:
        categories = ", ".join(f"{category} ({count})" for category, count in exposures(findings).items())
        sentences += [f"Categories: {categories}.", _most_severe(findings[0])]
    if denied := sum(finding.denied for finding in findings):
        sentences.append(f"{_number(denied)} of them report{'s' if denied == 1 else ''} a denial.")
    if count := screened.set_aside:
        passages = f"{_number(count)} passage{' was' if count == 1 else 's were'} set aside"
        sentences.append(f"{passages}: the subject is cleared there, or not the offender.")
    if count := screened.unread:
        does, was = ("does", "was") if count == 1 else ("do", "were")
        things = f"{_number(count)} {_things(screened, count)}"
        sentences.append(f"{things} {does} not seem to be in English and {was} not read.")
    if screened.truncated:
        sentences.append("The news search reached its limit of articles: there may be more.")
    return " ".join(sentences)


def exposures(findings: list[Finding]) -> dict[Category, int]:
    """Count the findings of each category, the most frequent first."""
    counted = Counter(category for finding in findings for category in finding.categories)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _where(screened: Screened) -> str:
    period = f" from {screened.since} to {screened.until}" if screened.since and screened.until else ""
    naming = f"{screened.naming} of which name{'s' if screened.naming == 1 else ''} the subject"
    return f"{screened.documents} {_things(screened, screened.documents)}{period}, {naming}"


def _things(screened: Screened, count: int) -> str:
    thing = "document" if screened.source == "documents" else "news title"
    return thing if count == 1 else f"{thing}s"


def _most_severe(finding: Finding) -> str:
    sources = {report.source or "" for report in (finding, *finding.also_reported)}
    by = f"{len(sources)} sources" if len(sources) > 1 else finding.source
    reported = f", reported by {by}" if by else ""
    return f"Most severe: {finding.categories[0]} ({STAGES[finding.stage]}){reported}."


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"
