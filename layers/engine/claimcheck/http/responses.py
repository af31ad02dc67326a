"""The parts of responses that several dialects share, as types.

mypy checks the rendering against these types, and the build makes the API's description from them. Nothing
that serves requests imports this module.
"""

from collections.abc import Callable
from typing import Annotated, Any, NotRequired, TypeVar

from pydantic import ConfigDict, Field, JsonValue, with_config
from typing_extensions import TypedDict

T = TypeVar("T")


def about(description: str, *examples: JsonValue, **more: Any) -> Any:
    """Return the field of a value with this description and these examples."""
    return Field(description=description, examples=list(examples) or None, **more)


JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"

Time = Annotated[
    str, about("RFC 3339, in UTC, with milliseconds.", json_schema_extra={"format": "date-time"})
]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Path = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
Null = Annotated[None, Field(examples=[None])]


def example(**fields: JsonValue) -> Callable[[type[T]], type[T]]:
    """Return a decorator that gives a type one example, instead of one for each field."""
    return with_config(ConfigDict(json_schema_extra={"examples": [fields]}))


class Progress(TypedDict):
    done: int
    total: Annotated[int | None, about("Null if not known.")]
    message: Annotated[str | None, Field(max_length=500)]


class Failure(TypedDict):
    code: Annotated[
        str,
        about(
            "For programs. A code of the job type, or: `cancelled` (you cancelled the job), "
            "`deadline_exceeded` (the deadline passed), `expired` (the job had not started by its "
            "`start_by`), `skipped` (another job of its schedule was running), `timeout` (the last "
            "attempt reached its time limit), `worker_lost` (the worker of the last attempt died), "
            "`attempts_exhausted` (the last attempt asked for a retry), `unavailable` (the last attempt "
            "could not reach a service that it needs), `upload_gone` (an upload of the input was deleted), "
            "`secret_unavailable` (a secret of the job type could not be read), `handler_unavailable` (its "
            "handler could not be loaded), `invalid_input` (the input no longer fits the job type), "
            "`invalid_result` (the result does not match the job type's schema), `result_too_large` (the "
            "result is larger than 10 MiB)."
        ),
    ]
    message: Annotated[str, about("For people.")]


class WrongPointer(TypedDict):
    pointer: Annotated[str, about("The field's place in the body: a JSON pointer (RFC 6901).")]
    message: Annotated[str, about("The problem, and what is allowed.")]


class WrongField(TypedDict):
    """A wrong field: `pointer` in the body, `parameter` in the path or query."""

    pointer: NotRequired[Annotated[str, about("The field's place in the body: a JSON pointer (RFC 6901).")]]
    parameter: NotRequired[Annotated[str, about("The parameter's name.")]]
    message: Annotated[str, about("The problem, and what is allowed.")]


WRONG_FIELDS = about("Only with `invalid_fields`: all wrong fields, or the first 100.")


class LargeResult(TypedDict):
    """Replaces a result of more than 2.5 MiB."""

    result_url: Annotated[Path, about("The path of the result.", f"/v1/jobs/{JOB_ID}/result")]


Needed = Annotated[int, about("Only with `insufficient_credits`: the credits that the job costs.")]
Holder = Annotated[Id, about("Only with `duplicate_job`: the job that has the `unique_key`.")]
Left = Annotated[int, about("Only with `insufficient_credits`: the credits that are left.")]


class Problem(TypedDict):
    """An error (RFC 9457)."""

    type: Annotated[str, about("The `code` as a URN.", json_schema_extra={"format": "uri"})]
    title: Annotated[str, about("The status in words.")]
    status: int
    detail: Annotated[str, about("For people: what was wrong with this request.")]
    code: Annotated[str, about("For programs. Codes never change.")]
    request_id: Annotated[str, about("The id of this request. Quote it when you ask for help.")]
    errors: NotRequired[Annotated[list[WrongField], WRONG_FIELDS]]
    needed: NotRequired[Needed]
    left: NotRequired[Left]
    job_id: NotRequired[Holder]
