"""The risk of it all, from 0 to 100, as parts that add up."""

from apps.deepidv.job_types.adverse_media_screening import RiskLevel, ScorePart
from apps.deepidv.screening.stories import Story

HIGHEST = 100
# Every further finding adds a quarter of its own points; together no more than this.
FURTHER = 25
# For each source but the first that tells the gravest finding.
CORROBORATION = 5
CORROBORATION_MOST = 15

MEDIUM_FROM = 25
HIGH_FROM = 60


def score_parts(found: list[Story]) -> list[ScorePart]:
    """`found` has the gravest first."""
    if not found:
        return []
    parts = [_gravest(found[0])]
    further = min(FURTHER, sum(round(story.gravest.points / 4) for story in found[1:]))
    if further:
        why = f"{len(found) - 1} more, a quarter of each, {FURTHER} at most"
        parts.append(ScorePart(part="further_findings", points=further, why=why))
    others = len(found[0].sources) - 1
    if others:
        points = min(CORROBORATION_MOST, CORROBORATION * others)
        why = f"the gravest finding in {others} more source{'s' if others > 1 else ''}"
        parts.append(ScorePart(part="corroboration", points=points, why=why))
    total = sum(part.points for part in parts)
    if total > HIGHEST:
        why = f"{HIGHEST} is the most"
        parts.append(ScorePart(part="ceiling", points=HIGHEST - total, why=why))
    return parts


def _gravest(story: Story) -> ScorePart:
    passage = story.gravest
    exposure, match = passage.exposure, round(passage.mention.score, 2)
    why = f"{exposure.stage}, {exposure.category}: severity {exposure.severity}, name match {match}"
    return ScorePart(part="gravest_finding", points=passage.points, why=why)


def risk_level(findings: int, score: int) -> RiskLevel:
    if not findings:
        return "NONE"
    return "LOW" if score < MEDIUM_FROM else "MEDIUM" if score < HIGH_FROM else "HIGH"
