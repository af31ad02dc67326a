"""What a rule is, and what it says when it applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from apps.forvibe.job_types.review_simulation import Finding, Severity
from apps.forvibe.review.guidelines import GUIDELINES

# From the most severe to the least.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
MAX_EVIDENCE = 60

# Names of the fields as people read them.
NAMES = {
    "name": "name",
    "subtitle": "subtitle",
    "promotional_text": "promotional text",
    "description": "description",
    "keywords": "keyword field",
    "whats_new": "What's New text",
    "support_url": "support URL",
    "marketing_url": "marketing URL",
    "privacy_policy_url": "privacy policy URL",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`message` and `fix` are for people; `{field}` in them is the field, other names are a hit's own."""

    id: str
    guideline: str
    severity: Severity
    message: str
    fix: str

    def __post_init__(self) -> None:
        if self.guideline not in GUIDELINES:
            raise ValueError(f"rule {self.id}: there is no guideline {self.guideline}")

    def hit(
        self,
        field: str | None,
        evidence: str,
        locale: str | None = None,
        file: str | None = None,
        **words: object,
    ) -> Hit:
        words["field"] = NAMES.get(field or "", "")
        return Hit(
            rule=self,
            field=field,
            locale=locale,
            file=file,
            evidence=shown(evidence),
            message=self.message.format_map(words),
            fix=self.fix.format_map(words),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where a rule applies. Without a locale it is about the page as a whole, or about a file."""

    rule: Rule
    field: str | None
    locale: str | None
    evidence: str
    message: str
    fix: str
    file: str | None = None

    def finding(self) -> Finding:
        return Finding(
            rule=self.rule.id,
            source="rule",
            guideline=self.rule.guideline,
            guideline_title=GUIDELINES[self.rule.guideline],
            severity=self.rule.severity,
            locale=self.locale,
            field=self.field,
            file=self.file,
            message=self.message,
            evidence=self.evidence,
            suggested_fix=self.fix,
        )


def shown(text: str) -> str:
    """An excerpt short enough to show, as one line."""
    return " ".join(text[:MAX_EVIDENCE].split())
