"""The result of a review, built from its findings."""

from collections import Counter
from collections.abc import Mapping, Sequence

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.job_types.review_simulation import (
    MAX_FINDINGS,
    CodebaseReview,
    Counts,
    FieldReview,
    Finding,
    Length,
    OverallSummary,
    Result,
    SecondOpinion,
    Severity,
    Status,
    Verdict,
)
from apps.forvibe.review.page import FIELDS, Page
from apps.forvibe.review.rules import SEVERITIES

COSTS: Mapping[Severity, int] = {"critical": 40, "high": 15, "medium": 5, "low": 1, "info": 0}
# The score below which a page is likely rejected.
PASSABLE = 50
# Problems that the summary puts into words.
SUMMARISED = 3


def report(
    pages: Sequence[Page], findings: Sequence[Finding], files: int | None, second_opinion: SecondOpinion
) -> Result:
    """Build the result. `files` is the number of files in the codebase, None without one."""
    ordered = sorted(findings, key=_order)
    listed = _listed(ordered)
    codebase = None
    if files is not None:
        codebase = CodebaseReview(
            status=_status(None, ordered), files=files, findings=_in_field(None, listed)
        )
    return Result(
        overall_summary=_summary(pages, ordered, len(listed), second_opinion),
        metadata_review={field: _field(field, pages, ordered, listed) for field in FIELDS},
        codebase_review=codebase,
        combined_findings=listed,
    )


def _order(finding: Finding) -> tuple[int, str, int, str, str, str]:
    return (
        SEVERITIES.index(finding.severity),
        finding.locale or "",
        FIELDS.index(finding.field) if finding.field else len(FIELDS),
        finding.rule,
        finding.file or "",
        finding.evidence,
    )


def _problem(finding: Finding) -> tuple[str, str | None, str]:
    """Return what makes findings the same problem; the guideline separates a model's remarks."""
    return finding.rule, finding.field, finding.guideline


def _listed(findings: Sequence[Finding]) -> list[Finding]:
    """Choose the most severe findings: one of each problem before a second of any."""
    first = {_problem(each): each for each in reversed(findings)}
    chosen = sorted(findings, key=lambda each: each is not first[_problem(each)])[:MAX_FINDINGS]
    return sorted(chosen, key=_order)


def _summary(
    pages: Sequence[Page], findings: Sequence[Finding], listed: int, second_opinion: SecondOpinion
) -> OverallSummary:
    counted = Counter(finding.severity for finding in findings)
    score = _score(findings)
    verdict = _verdict(counted, score)
    return OverallSummary(
        verdict=verdict,
        score=score,
        text=_text(verdict, counted, findings),
        counts=Counts(**{severity: counted[severity] for severity in SEVERITIES}),
        listed=listed,
        locales=[page.locale for page in pages],
        second_opinion=second_opinion,
    )


def _score(findings: Sequence[Finding]) -> int:
    # Reversed, so that the most severe counts: a model may rate one problem differently by locale.
    problems = {_problem(each): each.severity for each in reversed(findings)}
    return max(0, 100 - sum(COSTS[severity] for severity in problems.values()))


def _verdict(counted: Counter[Severity], score: int) -> Verdict:
    if counted["critical"] or score < PASSABLE:
        return "likely_rejected"
    return "needs_changes" if counted["high"] or counted["medium"] else "likely_approved"


def _text(verdict: Verdict, counted: Counter[Severity], findings: Sequence[Finding]) -> str:
    words = verdict.replace("_", " ").capitalize()
    if not findings:
        return f"{words}: no findings."
    counts = ", ".join(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
    messages = list(dict.fromkeys(f"{finding.message} ({finding.guideline})" for finding in findings))
    return f"{words}. Findings: {counts}. Most severe: {' '.join(messages[:SUMMARISED])}"


def _field(
    field: str, pages: Sequence[Page], findings: Sequence[Finding], listed: Sequence[Finding]
) -> FieldReview:
    limit = LIMITS.get(field)
    lengths = {page.locale: Length(used=measure(page.raw(field)), limit=limit) for page in pages if limit}
    return FieldReview(status=_status(field, findings), lengths=lengths, findings=_in_field(field, listed))


def _in_field(field: str | None, findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.field == field]


def _status(field: str | None, findings: Sequence[Finding]) -> Status:
    severities = {finding.severity for finding in _in_field(field, findings)}
    if severities & {"critical", "high"}:
        return "fail"
    return "warn" if severities & {"medium", "low"} else "pass"
