"""A review's result, made of its findings and of nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.job_types.review_simulation import (
    MAX_FINDINGS,
    CodebaseReview,
    Counts,
    FieldReview,
    Length,
    OverallSummary,
    Result,
)
from apps.forvibe.review.page import FIELDS
from apps.forvibe.review.rules import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from apps.forvibe.job_types.review_simulation import Finding, Severity
    from apps.forvibe.review.page import Page

COSTS: Mapping[Severity, int] = {"critical": 40, "high": 15, "medium": 5, "low": 1, "info": 0}
# Below this, what is wrong is too much for one round of changes.
PASSABLE = 50
VERDICTS = {
    "likely_approved": "Likely approved",
    "needs_changes": "Needs changes",
    "likely_rejected": "Likely rejected",
}
# How many problems the summary puts into words.
TOLD = 3

Verdict = Literal["likely_approved", "needs_changes", "likely_rejected"]
Status = Literal["pass", "warn", "fail"]
Opinion = Literal["off", "given", "unavailable"]


def report(
    pages: Sequence[Page], findings: Sequence[Finding], files: int | None, second_opinion: Opinion
) -> Result:
    """`files` is how many there are of the codebase, None when none was given."""
    ordered = sorted(findings, key=_order)
    listed = _listed(ordered)
    return Result(
        overall_summary=_summary(pages, ordered, len(listed), second_opinion),
        metadata_review={field: _field(field, pages, ordered, listed) for field in FIELDS},
        codebase_review=None if files is None else _codebase(files, ordered, listed),
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
    """What is one thing to mend, wherever it stands. A model's remarks all have the name of one rule."""
    return finding.rule, finding.field, finding.guideline


def _listed(findings: Sequence[Finding]) -> list[Finding]:
    """The most severe that there is room for; one of each problem comes before a second of any."""
    met: set[tuple[str, str | None, str]] = set()
    first: list[Finding] = []
    again: list[Finding] = []
    for finding in findings:
        (again if _problem(finding) in met else first).append(finding)
        met.add(_problem(finding))
    return sorted([*first, *again][:MAX_FINDINGS], key=_order)


def _summary(
    pages: Sequence[Page], findings: Sequence[Finding], listed: int, second_opinion: Opinion
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
    # The last one counts, which is the most severe: a model may judge one thing differently by locale.
    problems = {_problem(each): each.severity for each in reversed(findings)}
    return max(0, 100 - sum(COSTS[severity] for severity in problems.values()))


def _verdict(counted: Counter[Severity], score: int) -> Verdict:
    if counted["critical"] or score < PASSABLE:
        return "likely_rejected"
    return "needs_changes" if counted["high"] or counted["medium"] else "likely_approved"


def _text(verdict: Verdict, counted: Counter[Severity], findings: Sequence[Finding]) -> str:
    if not findings:
        return f"{VERDICTS[verdict]}: no rule found anything."
    counts = ", ".join(f"{counted[severity]} {severity}" for severity in SEVERITIES if counted[severity])
    first = list(dict.fromkeys(f"{finding.message} ({finding.guideline})" for finding in findings))[:TOLD]
    return f"{VERDICTS[verdict]}. Findings: {counts}. First of all: {' '.join(first)}"


def _field(
    field: str, pages: Sequence[Page], findings: Sequence[Finding], listed: Sequence[Finding]
) -> FieldReview:
    limit = LIMITS.get(field)
    lengths = {page.locale: Length(used=measure(page.raw(field)), limit=limit) for page in pages if limit}
    return FieldReview(
        status=_status([finding for finding in findings if finding.field == field]),
        lengths=lengths,
        findings=[finding for finding in listed if finding.field == field],
    )


def _codebase(files: int, findings: Sequence[Finding], listed: Sequence[Finding]) -> CodebaseReview:
    return CodebaseReview(
        status=_status([finding for finding in findings if finding.field is None]),
        files=files,
        findings=[finding for finding in listed if finding.field is None],
    )


def _status(findings: Sequence[Finding]) -> Status:
    severities = {finding.severity for finding in findings}
    if severities & {"critical", "high"}:
        return "fail"
    return "warn" if severities & {"medium", "low"} else "pass"
