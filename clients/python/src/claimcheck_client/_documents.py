"""The API's documents, as types. `openapi.json` describes each field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NotRequired, Protocol, TypedDict


class Model(Protocol):
    """Any pydantic model."""

    def model_dump(self, *, mode: Literal["json"], by_alias: bool) -> dict[str, Any]: ...


Status = Literal["pending", "processing", "completed", "failed"]


class Progress(TypedDict):
    done: int | float
    total: int | float | None
    message: str | None


class JobError(TypedDict):
    code: str
    message: str


class Callback(TypedDict):
    url: str | None
    status: Literal["pending", "delivered", "failed"]
    tries: int
    next_try_at: str | None
    delivered_at: str | None
    failed_at: str | None


class Waiting(TypedDict):
    flow: str
    ahead: int


class JobDocument(TypedDict):
    job_id: str
    type: str
    type_version: int
    status: Status
    attempt: int
    progress: Progress | None
    metadata: dict[str, str]
    created_at: str
    updated_at: str
    run_at: str
    start_by: str | None
    deadline: str
    unique_key: str | None
    retry_of: str | None
    retried_as: str | None
    cancel_requested_at: str | None
    callback: Callback | None
    flow: str | None
    waiting: NotRequired[Waiting]
    ended_at: NotRequired[str]
    expires_at: NotRequired[str]
    result: NotRequired[Any]
    result_url: NotRequired[str]
    error: NotRequired[JobError]


class Execution(TypedDict):
    number: int
    attempt: int
    outcome: str
    due_at: str | None
    started_at: str
    lateness_ms: int | None
    ended_at: str | None
    error: JobError | None
    details: dict[str, Any] | None


class Delivery(TypedDict):
    number: int
    started_at: str
    duration_ms: int | None
    status: int | None
    answer: str | None
    error: JobError | None


class ScheduleError(TypedDict):
    run_at: str
    code: str
    message: str


class Schedule(TypedDict):
    name: str
    cron: str | None
    timezone: str | None
    rate: str | None
    type: str
    metadata: dict[str, str]
    missed: str
    overlap: str
    start_by_seconds: int | None
    flow: str | None
    deadline_seconds: int | None
    retention_seconds: int | None
    callback_url: str | None
    paused: bool
    next_run_at: str | None
    last_run_at: str | None
    last_job_id: str | None
    last_error: ScheduleError | None
    created_at: str
    updated_at: str


class ScheduleAndRuns(Schedule):
    upcoming: list[str]


class FlowRate(TypedDict):
    starts: int
    per_seconds: int
    burst: NotRequired[int]


class Flow(TypedDict):
    name: str
    concurrency: int
    rate: FlowRate | None
    paused: bool
    max_waiting: int | None
    created_at: str
    updated_at: str


class FlowUsage(Flow):
    running: int
    waiting: int


class DefaultCallback(TypedDict):
    url: str
    on: Literal["failed", "ended"]


class Movement(TypedDict):
    """A change of an org's credits: negative for charges. `job_id` is None for added credits."""

    at: str
    amount: int
    reason: Literal["added", "charged", "refunded"]
    job_id: str | None


class Upload(TypedDict):
    """An uploaded file, as inputs take it."""

    upload_id: str


class FileRef(TypedDict):
    """A file of a result."""

    name: str
    size: int
    content_type: str
    url: str


class Options(TypedDict, total=False):
    """The optional fields of `POST /v1/jobs`. Times need an offset."""

    run_at: datetime | str
    start_by: datetime | str
    deadline: datetime | str
    unique_key: str
    on_duplicate: Literal["reject", "existing"]
    retention_seconds: int
    metadata: Mapping[str, str]
    callback_url: str
    flow: str


class NewJob(Options):
    """One job of a batch."""

    type: str
    input: Mapping[str, Any] | Model


class ScheduleOptions(TypedDict, total=False):
    """The optional fields of `PUT /v1/schedules/{name}`. Either `cron` or `rate` is needed."""

    cron: str
    timezone: str
    rate: str
    missed: Literal["skip", "run_once"]
    overlap: Literal["allow", "skip"]
    start_by_seconds: int
    deadline_seconds: int
    retention_seconds: int
    callback_url: str
    paused: bool
    metadata: Mapping[str, str]
    flow: str


class FlowOptions(TypedDict, total=False):
    """The fields of `PUT /v1/flows/{name}`. Without `paused`, a flow stays as it is, or is new and active."""

    concurrency: int
    rate: FlowRate
    paused: bool
    max_waiting: int


class JobFilter(TypedDict, total=False):
    """The filters of `GET /v1/jobs`. Times need an offset."""

    status: Status
    type: str
    error_code: str
    flow: str
    created_after: datetime | str
    created_before: datetime | str
    metadata: Mapping[str, str]
