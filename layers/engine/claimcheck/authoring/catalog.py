"""Job types: the input, result, limits and price of each.

An app declares a job type as `JOB_TYPE` in a module of its folder `job_types`. The function `handle` in the
module of the same name in `handlers` does the work. Only submissions and the worker load job types, because
these need pydantic.
"""

import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import DAY, SECOND, Millis
from claimcheck.domain.retry import RetryPolicy

if TYPE_CHECKING:
    from claimcheck.authoring.flow import Flow

M = TypeVar("M", bound=BaseModel)

# The payload bucket's lifecycle is longer than the sum of these.
MAX_HORIZON: Millis = 90 * DAY
MAX_DEADLINE: Millis = 30 * DAY
MAX_RETENTION: Millis = 30 * DAY
# Lambda stops a function after 900 s (AWS Lambda Developer Guide, "Lambda quotas"). The worker needs 15 s
# around the attempt.
AROUND = 15
MAX_TIMEOUT = 900 - AROUND
# The context of a validation whose uploads the submission has looked at, and the kind of the error that
# names an upload in any other (see `files.File`).
CHECKED = "checked"
UNCHECKED = "upload_unchecked"


class JobModel(BaseModel):
    """The base of inputs, results and bodies. It refuses unknown fields and converts no types."""

    # With "constants", NaN in a field of any type stays NaN, which is no JSON, and does not become null.
    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, defer_build=True, ser_json_inf_nan="constants"
    )


def at_most(limit: int, things: str) -> Callable[[Any], Any]:
    """Return a before-validator of a dictionary's size. pydantic's own would first list all wrong entries."""

    def check(given: Any) -> Any:
        if isinstance(given, dict) and len(given) > limit:
            raise ValueError(f"has {len(given):,} {things}: at most {limit} are allowed")
        return given

    return check


class UploadField(NamedTuple):
    """A field of an input that names an upload: its pointer in the body, and the steps to it."""

    pointer: str
    place: tuple[int | str, ...]
    upload_id: str


class Findings(NamedTuple):
    """The wrong fields of an input, and its uploads, at which nobody has looked yet."""

    errors: list[FieldError]
    uploads: list[UploadField]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JobType:
    """A kind of job. `timeout`, `typical`, `deadline` and `retention` are in seconds.

    `timeout` limits one attempt. `typical`, the usual duration, sets the poll interval. `deadline`, from the
    job's `run_at`, and `retention`, from its end, are defaults. `price` returns the credits for a validated
    input. `paid_plan` excludes the free plan. The input of a failed job is kept for a retry until the job
    expires, unless `keep_input` is false. A job of a type with a `flow` can name no other flow.
    """

    name: str
    version: int = 1
    summary: str
    input: type[BaseModel]
    result: type[BaseModel]
    timeout: int = 60
    typical: float = 30
    deadline: int = 3600
    retention: int = 86_400
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    price: Callable[[Any], int] | None = None
    paid_plan: bool = False
    keep_input: bool = True
    flow: "Flow | None" = None

    def __post_init__(self) -> None:
        bounds = {
            "timeout": (self.timeout, MAX_TIMEOUT),
            "deadline": (self.deadline, MAX_DEADLINE // SECOND),
            "retention": (self.retention, MAX_RETENTION // SECOND),
        }
        for name, (value, highest) in bounds.items():
            if not 1 <= value <= highest:
                raise ValueError(f"job type {self.name}: {name} must be 1 to {highest} s, not {value}")

    def parse(self, data: object) -> BaseModel:
        """Return an input as the worker will read it, from stored JSON. Raises: ValidationError."""
        return self._validated(data, CHECKED)

    def charge_for(self, data: object) -> int:
        return self.price(self.parse(data)) if self.price else 0

    def errors_in(self, data: object, prefix: str = "/input") -> list[FieldError]:
        """Return every wrong field of an input, with its pointer in a body that has the input at `prefix`."""
        return self.findings_in(data, prefix).errors

    def findings_in(self, data: object, prefix: str = "/input", context: str | None = None) -> Findings:
        """Return what is to be said of an input. With the context `CHECKED` it has no uploads to look at."""
        try:
            self._validated(data, context)
        except ValidationError as error:
            uploads = [
                UploadField(_pointer(place := _place_in(data, each), prefix), place, each["ctx"]["upload_id"])
                for each in error.errors(include_url=False, include_input=False)
                if each["type"] == UNCHECKED
            ]
            # What fits one member of a union is not wrong because it does not fit another.
            within = tuple(f"{each.pointer}/" for each in uploads)
            wrong = field_errors(error, prefix, data)
            return Findings([each for each in wrong if not f"{each.pointer}/".startswith(within)], uploads)
        return Findings([], [])

    def _validated(self, data: object, context: str | None) -> BaseModel:
        return self.input.model_validate_json(json.dumps(data, ensure_ascii=False), context=context)


class Declaration(NamedTuple):
    """A job type's entry in the build's index. `module` has the type. `timeout` is in seconds."""

    name: str
    version: int
    timeout: int
    module: str


# The engine's own job types, which no app declares. `Engine` has their handlers.
ENGINE_TYPES = (Declaration("bulk", 1, 60, "claimcheck.service.bulk"),)


class Catalog:
    """The job types by name and version. Declared ones are loaded on first use.

    Raises: ValueError if two have the same name and version, or a timeout exceeds `worker_timeout` seconds.
    """

    def __init__(
        self, job_types: Iterable[JobType | Declaration], worker_timeout: int = MAX_TIMEOUT + AROUND
    ) -> None:
        self._types: dict[tuple[str, int], JobType | Declaration] = {}
        self._newest: dict[str, int] = {}
        for job_type in sorted(job_types, key=lambda each: each.version):
            key = (job_type.name, job_type.version)
            if key in self._types:
                raise ValueError(f"two job types are called {job_type.name}, version {job_type.version}")
            longest = worker_timeout - AROUND
            if job_type.timeout > longest:
                raise ValueError(
                    f"job type {job_type.name}: timeout must be at most {longest} s, {AROUND} s less than "
                    f"the worker's {worker_timeout} s, not {job_type.timeout} s"
                )
            self._types[key] = job_type
            self._newest[job_type.name] = job_type.version

    def __iter__(self) -> Iterator[JobType]:
        return (self._load(*key) for key in self._newest.items())

    @property
    def versions(self) -> list[JobType]:
        """All versions. Jobs submitted before a deploy need old ones."""
        return [self._load(*key) for key in self._types]

    @property
    def names(self) -> list[str]:
        return sorted(self._newest)

    def newest(self, name: str) -> JobType | None:
        version = self._newest.get(name)
        return None if version is None else self._load(name, version)

    def find(self, name: str, version: int) -> JobType | None:
        return self._load(name, version) if (name, version) in self._types else None

    def _load(self, name: str, version: int) -> JobType:
        job_type = self._types[name, version]
        if isinstance(job_type, Declaration):
            loaded: JobType = importlib.import_module(job_type.module).JOB_TYPE
            self._types[name, version] = job_type = loaded
        return job_type


def field_errors(error: ValidationError, prefix: str = "", data: object = None) -> list[FieldError]:
    """Return pydantic's findings by their JSON pointers. Long pointers and messages are cut.

    With the validated `data`, a value that fits no member of a union has one error for all members.
    """
    from claimcheck.authoring.messages import message_of

    found: list[FieldError] = []
    for each in error.errors(include_url=False, include_input=False):
        place = each["loc"] if data is None else _place_in(data, each)
        wrong = FieldError(_pointer(place, prefix)[:1000], message_of(each)[:500])
        if len(place) < len(each["loc"]) and found and found[-1].pointer == wrong.pointer:
            wrong = wrong._replace(message=f"{found.pop().message}, or {wrong.message}"[:500])
        found.append(wrong)
    return found


def parsed(model: type[M], body: object) -> M:
    """Return a body as this model. Raises: InvalidFields, which names every wrong field."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidFields(field_errors(error, data=body)) from error


def _place_in(data: Any, found: ErrorDetails) -> tuple[int | str, ...]:
    """Return the location without the names of a union's members, which are not in the data."""
    location = found["loc"]
    place = []
    for number, step in enumerate(location, 1):
        within = range(len(data)) if isinstance(data, list) else data if isinstance(data, dict) else ()
        if step in within:
            data = data[step]
            place.append(step)
        elif found["type"] == "missing" and number == len(location):
            place.append(step)
    return tuple(place)


def _pointer(location: tuple[int | str, ...], prefix: str) -> str:
    """Return a JSON pointer (RFC 6901, with `~0` and `~1`). A wrong name has the pointer of its value."""
    named = location[:-1] if location[-1:] == ("[key]",) else location
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in named)
    return "".join([prefix, *(f"/{step}" for step in steps)])
