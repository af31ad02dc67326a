"""The work of `handoff`: a model writes the document, and may cite nothing that is not in the context."""

from collections.abc import Iterator

from apps.flowrelay.job_types.handoff import Handoff, Input, Result
from apps.flowrelay.writing import GROUND_RULES, file_ref, write
from claimcheck.authoring import JobContext

SYSTEM = f"""\
You write handoff documents: what somebody who takes a project over must know on the first day.

{GROUND_RULES}

In `sources` cite the pieces that say so. In `files` list those of the data that are worth reading first, by
their `path`."""


def handle(input: Input, job: JobContext) -> Result:
    return write(input, job, Handoff, Result, SYSTEM, citations)


def citations(handoff: Handoff) -> Iterator[tuple[str, str]]:
    """Every ref that a document cites, and where."""
    for name in ("decisions", "next_steps", "risks"):
        for number, item in enumerate(getattr(handoff, name)):
            for place, ref in enumerate(item.sources):
                yield f"/{name}/{number}/sources/{place}", ref
    for number, file in enumerate(handoff.files):
        yield f"/files/{number}/path", file_ref(file.path)
