"""What responses of several dialects have alike, as types.

mypy holds rendering to these types, and the build makes the API's description of them. Nothing that
serves requests imports this: annotations are never evaluated there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NotRequired, TypeVar

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.config import JsonValue

T = TypeVar("T")
JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, with milliseconds.", json_schema_extra={"format": "date-time"}),
]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Path = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
Null = Annotated[None, Field(examples=[None])]


def example(**fields: JsonValue) -> Callable[[type[T]], type[T]]:
    """A decorator that gives a type an example, where those of its fields would not fit together."""
    return with_config(ConfigDict(json_schema_extra={"examples": [fields]}))


class Progress(TypedDict):
    done: int
    total: Annotated[int | None, Field(description="Null while it is not known.")]
    message: Annotated[str | None, Field(max_length=500)]


class Failure(TypedDict):
    code: Annotated[
        str,
        Field(
            description=(
                "For programs. One of the job type's own, or: `cancelled` (you asked for it), "
                "`deadline_exceeded` (its deadline came first), `timeout` (the last attempt ran into its "
                "time limit), `worker_lost` (the last attempt's worker died), `attempts_exhausted` (the "
                "last attempt asked for another), `invalid_result` (the result does not fit the job "
                "type), `result_too_large` (the result is larger than 50 MiB)."
            ),
        ),
    ]
    message: Annotated[str, Field(description="For people.")]


class WrongPointer(TypedDict):
    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")]
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class WrongField(TypedDict):
    """One wrong field: `pointer` for the body, `parameter` for path and query."""

    pointer: NotRequired[Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")]]
    parameter: NotRequired[Annotated[str, Field(description="The parameter's name.")]]
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


WRONG_FIELDS = Field(description="With `invalid_fields`: every wrong field, or the first 100.")


class LargeResult(TypedDict):
    """In place of a result of more than 2.5 MiB."""

    result_url: Annotated[
        Path, Field(description="Where to read it.", examples=[f"/v1/jobs/{JOB_ID}/result"])
    ]


Needed = Annotated[int, Field(description="With `insufficient_credits`: what this costs.")]
Left = Annotated[int, Field(description="With `insufficient_credits`: what there is.")]


class Problem(TypedDict):
    """An error, as RFC 9457 has it."""

    type: Annotated[str, Field(description="`code` as a URN.", json_schema_extra={"format": "uri"})]
    title: Annotated[str, Field(description="The status in words.")]
    status: int
    detail: Annotated[str, Field(description="What was wrong this time, for people.")]
    code: Annotated[str, Field(description="For programs: it does not change.")]
    request_id: Annotated[str, Field(description="Names this request when you ask for help.")]
    errors: NotRequired[Annotated[list[WrongField], WRONG_FIELDS]]
    needed: NotRequired[Needed]
    left: NotRequired[Left]
