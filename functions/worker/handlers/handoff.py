"""The work of `handoff`: a model writes the document, and may cite nothing that is not in the context.

`insight` does its work the same way, so it takes `write` from here.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from claimcheck.context import JobContext
from claimcheck.generation import DATA_RULE, enclosed, generate, shown
from job_types.handoff import Context, Handoff, Input, Result, Usage

A = TypeVar("A", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)

GROUND_RULES = f"""\
{DATA_RULE}

Say only what the data says, plainly and in your own words. Guess nothing: where it says nothing, a field
is null, or an empty list. Each piece of it has a `ref`, and you cite a piece by exactly that. `focus`, if it
is there, names what the reader cares about most. Write in the language that most of the data is in."""

SYSTEM = f"""\
You write handoff documents: what somebody who takes a project over must know on the first day.

{GROUND_RULES}

In `sources` cite the pieces that say so. In `files` list those of the data that are worth reading first, by
their `path`."""

# Seconds kept for what comes after the model's answer.
MARGIN = 5


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


def write(
    context: Context,
    job: JobContext,
    artifact: type[A],
    result: type[R],
    system: str,
    cited: Callable[[A], Iterator[tuple[str, str]]],
) -> R:
    """Have the model write the artifact about the context, and make it a result."""
    pieces, known = with_refs(context)

    def check(written: A) -> list[str]:
        return [f"{where}: the data has no {ref!r}" for where, ref in cited(written) if ref not in known]

    job.progress(1, 2, "context read")
    model_id = job.tools.settings.model_id
    generated = generate(
        job.tools.model,
        model_id,
        artifact,
        system=system,
        prompt=enclosed(pieces),
        timeout=job.remaining() - MARGIN,
        check=check,
    )
    job.progress(2, 2, "artifact written")
    usage = Usage(input_tokens=generated.input_tokens, output_tokens=generated.output_tokens)
    return result(
        **dict(generated.artifact), model_id=shown(model_id), usage=usage, repaired=generated.repaired
    )


def with_refs(context: Context) -> tuple[dict[str, Any], set[str]]:
    """The context as JSON can say it, each piece with the `ref` that cites it; and all the refs."""
    document = context.model_dump(mode="json", exclude_none=True)
    document["open_questions"] = [{"question": question} for question in context.open_questions]
    known = set()
    for kind in ("messages", "files", "decisions", "open_questions"):
        for number, piece in enumerate(document[kind]):
            piece["ref"] = file_ref(piece["path"]) if kind == "files" else f"{kind}/{number}"
            known.add(piece["ref"])
    return document, known


def file_ref(path: str) -> str:
    return f"files/{path}"
