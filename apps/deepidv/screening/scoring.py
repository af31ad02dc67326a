"""The risk score, from 0 to 100, as a sum of parts."""

from apps.deepidv.job_types.adverse_media_screening import RiskLevel, ScorePart
from apps.deepidv.screening.stories import Story

HIGHEST = 100
# Each further finding adds a quarter of its points, all together at most this.
FURTHER = 25
# For each further source of the most severe finding.
CORROBORATION = 5
CORROBORATION_MOST = 15

MEDIUM_FROM = 25
HIGH_FROM = 60


def score_parts(found: list[Story]) -> list[ScorePart]:
    """Return the parts of the score. `found` has the most severe story first."""
    if not found:
        return []
    gravest = found[0].gravest
    exposure, match = gravest.exposure, round(gravest.mention.score, 2)
    why = f"{exposure.stage}, {exposure.category}: severity {exposure.severity}, name match {match}"
    parts = [ScorePart(part="gravest_finding", points=gravest.points, why=why)]
    if further := min(FURTHER, sum(round(story.gravest.points / 4) for story in found[1:])):
        why = f"{len(found) - 1} more, a quarter of each, at most {FURTHER}"
        parts.append(ScorePart(part="further_findings", points=further, why=why))
    if others := len(found[0].sources) - 1:
        points = min(CORROBORATION_MOST, CORROBORATION * others)
        why = f"{others} more source{'s' if others > 1 else ''} of the most severe finding"
        parts.append(ScorePart(part="corroboration", points=points, why=why))
    total = sum(part.points for part in parts)
    if total > HIGHEST:
        parts.append(ScorePart(part="ceiling", points=HIGHEST - total, why=f"at most {HIGHEST}"))
    return parts


def risk_level(findings: int, score: int) -> RiskLevel:
    if not findings:
        return "NONE"
    return "LOW" if score < MEDIUM_FROM else "MEDIUM" if score < HIGH_FROM else "HIGH"
