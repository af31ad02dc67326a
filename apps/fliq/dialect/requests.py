"""The body of a submission: the job type's input under the published names, and `scheduled_at`.

Any job type can have an endpoint, because its model validates its own fields. Only submissions and the
OpenAPI description load this module.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.authoring.catalog import MAX_HORIZON, JobType, field_errors
from claimcheck.authoring.timestamps import Timestamp
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import DAY, Millis, clipped
from claimcheck.http.contract import Call
from claimcheck.http.submissions import draft_of
from claimcheck.outbound import redacted_url
from claimcheck.service.submission import Draft

# The published names of input fields.
NAMES = {"method": "http_method"}
# Characters.
URL_SHOWN = 500
# The pointer of the input in errors.
INPUT = "/input"


class Schedule(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    scheduled_at: Annotated[
        Timestamp | None,
        Field(
            description="When to send the request, at most "
            f"{MAX_HORIZON // DAY} days ahead. Sent at once if the time is absent or in the past.",
            examples=["2026-06-12T10:00:15Z"],
        ),
    ] = None


def names_of(job_type: JobType) -> dict[str, str]:
    """Return the published names of fields with another name in the input."""
    return {field: name for field, name in NAMES.items() if field in job_type.input.model_fields}


def draft_from(body: Any, call: Call, job_type: JobType) -> Draft:
    """Validate a body. Raises: InvalidFields with every wrong field, by its published name."""
    if not isinstance(body, dict):
        raise InvalidFields([FieldError("", "must be an object")])
    names = names_of(job_type)
    draft = draft_of(call, job_type, _input_of(body, names))._replace(
        input_at=INPUT, metadata=_label(body.get("url"))
    )
    wrong = [FieldError(f"/{field}", f"is called {name}") for field, name in names.items() if field in body]
    try:
        draft = draft._replace(run_at=_run_at(body, call.engine.clock.now()))
    except ValidationError as error:
        wrong += field_errors(error)
    # The submission would find these too, but not by their published names.
    wrong += [_renamed(each, names) for each in call.engine.submission.errors_in(draft)]
    if wrong:
        raise InvalidFields(wrong)
    return draft


def _label(url: object) -> dict[str, str]:
    """Return the URL as metadata, for the list of jobs: the input is deleted at the end."""
    return {"url": clipped(redacted_url(url), URL_SHOWN)} if isinstance(url, str) else {}


def _input_of(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    fields = {name: field for field, name in names.items()}
    return {
        fields.get(name, name): value
        for name, value in body.items()
        if name not in Schedule.model_fields and name not in names
    }


def _run_at(body: dict[str, Any], now: Millis) -> Millis | None:
    """Return the start, or None for now. Raises: ValidationError."""
    asked = Schedule.model_validate(body).scheduled_at
    return None if asked is None or asked <= now else asked


def _renamed(error: FieldError, names: dict[str, str]) -> FieldError:
    if not error.pointer.startswith(INPUT):
        return error._replace(pointer=error.pointer.replace("/run_at", "/scheduled_at"))
    steps = error.pointer.removeprefix(INPUT).split("/")
    steps[1:2] = [names.get(field, field) for field in steps[1:2]]
    return error._replace(pointer="/".join(steps))
