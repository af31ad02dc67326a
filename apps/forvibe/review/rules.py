"""Rules, and the findings that they make."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, get_args

from apps.forvibe.job_types.review_simulation import Finding, Severity
from apps.forvibe.review import rulebook
from apps.forvibe.review.page import Page, Text
from apps.forvibe.review.rulebook import GUIDELINES

Findings = Iterator[Finding]

# From the most severe to the least.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
MAX_EVIDENCE = 60
# Findings of one rule in one field of one locale, or in one file.
MAX_REPEATS = 3

# The fields that are not called by the words of their key.
NAMES = {
    "keywords": "keyword field",
    "whats_new": "What's New text",
    "support_url": "support URL",
    "marketing_url": "marketing URL",
    "privacy_policy_url": "privacy policy URL",
}


class Rule(NamedTuple):
    id: str
    guideline: str
    severity: Severity
    message: str
    fix: str


def read_rules(text: str) -> dict[str, Rule]:
    """Raises: ValueError for an unknown guideline or severity, and for an id that is used twice."""
    rules: dict[str, Rule] = {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for head, message, fix in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        rule_id, guideline, severity = head.split()
        if guideline not in GUIDELINES:
            raise ValueError(f"rule {rule_id}: there is no guideline {guideline}")
        if rule_id in rules:
            raise ValueError(f"rule {rule_id} is defined twice")
        rules[rule_id] = Rule(rule_id, guideline, SEVERITIES[SEVERITIES.index(severity)], message, fix)
    return rules


PAGE_RULES = read_rules(rulebook.PAGE)
CODEBASE_RULES = read_rules(rulebook.CODEBASE)
RULES = PAGE_RULES | CODEBASE_RULES


def finding(
    rule_id: str,
    field: str | None,
    evidence: str,
    locale: str | None = None,
    file: str | None = None,
    **words: object,
) -> Finding:
    """Return a rule's finding; `words` fill the names in its texts. No locale: of the page as a whole."""
    rule = RULES[rule_id]
    words["field"] = NAMES.get(field, field.replace("_", " ")) if field else ""
    return Finding(
        rule=rule.id,
        source="rule",
        guideline=rule.guideline,
        guideline_title=GUIDELINES[rule.guideline],
        severity=rule.severity,
        locale=locale,
        field=field,
        file=file,
        message=rule.message.format_map(words),
        evidence=shown(evidence),
        suggested_fix=rule.fix.format_map(words),
    )


def search(
    rule_id: str, page: Page, fields: tuple[str, ...], find: Callable[[Text], Iterable[str]]
) -> Findings:
    """Yield a finding for each excerpt that `find` returns for one of the fields."""
    for field, text in page.some(fields):
        yield from (finding(rule_id, field, excerpt, page.locale) for excerpt in find(text))


def limited(findings: Iterable[Finding]) -> Findings:
    """Yield at most `MAX_REPEATS` findings of each rule in each place, each with different evidence."""
    kept: dict[tuple[str | None, ...], set[str]] = defaultdict(set)
    for each in findings:
        evidence = kept[each.rule, each.locale, each.field, each.file]
        if len(evidence) < MAX_REPEATS and each.evidence not in evidence:
            evidence.add(each.evidence)
            yield each


def shown(text: str) -> str:
    """Shorten an excerpt to `MAX_EVIDENCE` characters on one line."""
    return " ".join(text[:MAX_EVIDENCE].split())
