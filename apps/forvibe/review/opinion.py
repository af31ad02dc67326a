"""A second opinion from a language model. It can only add findings.

A remark is kept only if it cites a guideline of the table, names a field that was sent, and quotes it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from apps.forvibe.app_store import MAX_CHARACTERS
from apps.forvibe.job_types.review_simulation import Finding
from apps.forvibe.review.page import PROSE, TITLES, Page
from apps.forvibe.review.rulebook import GUIDELINES
from apps.forvibe.review.rules import shown
from claimcheck.authoring import DATA_RULE, JobContext, Outcome, enclosed, generate

# The environment variable with the id of a Bedrock model or inference profile.
MODEL = "REVIEW_MODEL_ID"
FIELDS = (*TITLES, *PROSE, "keywords")
MAX_REMARKS = 20
# Seconds, for each of at most two calls; and seconds of the attempt kept for the result.
TIMEOUT = 20
MARGIN = 10
# Characters sent, in whole locales: one locale always fits.
MOST_SENT = len(FIELDS) * MAX_CHARACTERS
RULE = "second-opinion"
# A guideline's number, such as 2.3.7 or 5.1.1(ii).
NUMBER = re.compile(r"\b\d(?:\.\d+)+(?:\([ivx]+\))?")
# Not `critical`: a model only advises.
Advice = Literal["high", "medium", "low", "info"]

SYSTEM = f"""\
You review App Store pages against Apple's App Review Guidelines. {DATA_RULE}
The document has the fields of a page by locale. Report what App Review may object to in these words and
simple rules miss: claims that mislead or cannot be verified, content unfit for all ages, terms that are
irrelevant to the app, names of others. Do not report lengths, missing fields, spelling or style.
Each finding names the locale and the field, quotes the offending words exactly as they are written, and
cites one of these guidelines by its number: {", ".join(GUIDELINES)}. If there is nothing, report nothing.
"""


class Remark(BaseModel):
    guideline: str = Field(description="A number from the list.")
    severity: Advice
    locale: str
    field: str
    quote: str = Field(min_length=1, max_length=200, description="The words, exactly as written.")
    message: str = Field(min_length=1, max_length=200, description="One sentence: what is wrong.")
    suggested_fix: str = Field(min_length=1, max_length=200, description="One sentence.")


class Remarks(BaseModel):
    findings: list[Remark] = Field(max_length=MAX_REMARKS)


def second_opinion(
    pages: Sequence[Page], findings: Iterable[Finding], job: JobContext
) -> list[Finding] | None:
    """Return the model's additional findings; None if it does not answer properly or in time."""
    sent = _sent(pages)
    try:
        given = generate(
            job.tools.model,
            job.tools.environment[MODEL],
            Remarks,
            system=SYSTEM,
            prompt=enclosed({page.locale: dict(_texts(page)) for page in sent}),
            remaining=lambda: min(TIMEOUT, job.remaining() - MARGIN),
        )
    except Outcome:
        return None
    known = {(each.guideline, each.locale, each.field) for each in findings}
    # As a dictionary, which drops repeated remarks.
    kept = {tuple(dict(each).values()): each for each in given.artifact.findings if _is_valid(each, sent)}
    return [
        _finding(each) for each in kept.values() if (each.guideline, each.locale, each.field) not in known
    ]


def _sent(pages: Sequence[Page]) -> list[Page]:
    sent, room = [], MOST_SENT
    for page in pages:
        room -= sum(len(raw) for _, raw in _texts(page))
        if room < 0:
            break
        sent.append(page)
    return sent


def _texts(page: Page) -> Iterator[tuple[str, str]]:
    return ((field, text.raw) for field, text in page.some(FIELDS))


def _is_valid(remark: Remark, sent: Sequence[Page]) -> bool:
    """Check the guidelines it cites (also within its texts), the field, and the quote."""
    cited = {remark.guideline, *NUMBER.findall(f"{remark.message} {remark.suggested_fix}")}
    if not cited <= GUIDELINES.keys() or remark.field not in FIELDS or not remark.quote.strip():
        return False
    return any(page.locale == remark.locale and remark.quote in page.raw(remark.field) for page in sent)


def _finding(remark: Remark) -> Finding:
    return Finding(
        rule=RULE,
        source="model",
        guideline_title=GUIDELINES[remark.guideline],
        evidence=shown(remark.quote),
        **remark.model_dump(exclude={"quote"}),
    )
