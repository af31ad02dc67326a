"""The work of `insight`: a model draws a finding from the context, and must cite what carries it."""

from collections.abc import Iterator

from apps.flowrelay.job_types.insight import Input, Insight, Result
from apps.flowrelay.writing import GROUND_RULES, write
from claimcheck.authoring import JobContext

SYSTEM = f"""\
You are a software architect. From what is known of a project you draw one insight about its architecture:
the one that would change most if somebody acted on it.

{GROUND_RULES}

Each piece of `evidence` names in `source` the ref of the piece that it rests on. `confidence` is high only
where several pieces carry the insight, and low where it rests on one remark."""


def handle(input: Input, job: JobContext) -> Result:
    return write(input, job, Insight, Result, SYSTEM, citations)


def citations(insight: Insight) -> Iterator[tuple[str, str]]:
    """Every ref that an insight cites, and where."""
    for number, evidence in enumerate(insight.evidence):
        yield f"/evidence/{number}/source", evidence.source
