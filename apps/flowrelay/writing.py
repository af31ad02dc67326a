"""Have a model write an artifact that cites only the context of the request."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from apps.flowrelay.job_types.handoff import Context, Usage
from claimcheck.authoring import DATA_RULE, JobContext, enclosed, generate, shown

A = TypeVar("A", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)

GROUND_RULES = f"""\
{DATA_RULE}

Use only facts from the data, in plain words of your own. Do not guess: if the data says nothing about a
field, the field is null or an empty list. Each piece of the data has a `ref`; cite a piece by exactly that
`ref`. `focus`, if present, names what the reader cares about most. Write in the language of most of the
data."""

# Seconds of the attempt kept for the result.
MARGIN = 5


def write(
    context: Context,
    job: JobContext,
    artifact: type[A],
    result: type[R],
    system: str,
    cited: Callable[[A], Iterator[tuple[str, str]]],
) -> R:
    pieces, known = with_refs(context)

    def check(written: A) -> list[str]:
        return [f"{where}: the data has no {ref!r}" for where, ref in cited(written) if ref not in known]

    job.progress(1, 2, "context read")
    model_id = job.tools.environment.get("MODEL_ID", "")
    generated = generate(
        job.tools.model,
        model_id,
        artifact,
        system=system,
        prompt=enclosed(pieces),
        remaining=lambda: job.remaining() - MARGIN,
        check=check,
    )
    job.progress(2, 2, "artifact written")
    usage = Usage(input_tokens=generated.input_tokens, output_tokens=generated.output_tokens)
    return result(
        **dict(generated.artifact), model_id=shown(model_id), usage=usage, repaired=generated.repaired
    )


def with_refs(context: Context) -> tuple[dict[str, Any], set[str]]:
    """Return the context as JSON, each piece with a `ref` to cite, and the set of all refs."""
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
