"""The handler of `handoff`: a model writes the document and may cite only the context."""

from collections.abc import Iterator

from apps.flowrelay.job_types.handoff import Handoff, Input, Result
from apps.flowrelay.writing import GROUND_RULES, file_ref, write
from claimcheck.authoring import JobContext

SYSTEM = f"""\
You write handoff documents: what a person who takes over a project must know on the first day.

{GROUND_RULES}

In `sources`, cite the pieces that support the statement. In `files`, list the files that are worth reading
first, by their `path`."""


def handle(input: Input, job: JobContext) -> Result:
    return write(input, job, Handoff, Result, SYSTEM, citations)


def citations(handoff: Handoff) -> Iterator[tuple[str, str]]:
    for name in ("decisions", "next_steps", "risks"):
        for number, item in enumerate(getattr(handoff, name)):
            for place, ref in enumerate(item.sources):
                yield f"/{name}/{number}/sources/{place}", ref
    for number, file in enumerate(handoff.files):
        yield f"/files/{number}/path", file_ref(file.path)
