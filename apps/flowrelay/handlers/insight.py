"""The handler of `insight`: a model writes a finding and must cite its evidence in the context."""

from collections.abc import Iterator

from apps.flowrelay.job_types.insight import Input, Insight, Result
from apps.flowrelay.writing import GROUND_RULES, write
from claimcheck.authoring import JobContext

SYSTEM = f"""\
You are a software architect. From the data about a project, write one insight about its architecture: the
one that would change most if the team acted on it.

{GROUND_RULES}

Each item of `evidence` has in `source` the ref of its piece of the data. `confidence` is high only if
several pieces support the insight, and low if only one remark does."""


def handle(input: Input, job: JobContext) -> Result:
    return write(input, job, Insight, Result, SYSTEM, citations)


def citations(insight: Insight) -> Iterator[tuple[str, str]]:
    for number, evidence in enumerate(insight.evidence):
        yield f"/evidence/{number}/source", evidence.source
