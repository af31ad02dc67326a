"""The canonical dialect's responses about executions and deliveries, as types: see `http.responses`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.canonical.described.responses import JobError
from claimcheck.http.responses import Time

OUTCOMES = ["running", "completed", "failed", "retry", "again", "timeout", "worker_lost"]
Number = Annotated[int, Field(description="Counts up from 1. Never reused.", ge=1, examples=[1])]


class Execution(TypedDict):
    """One run of the job on a worker."""

    number: Number
    attempt: Annotated[int, Field(description="The attempt that this run belonged to.", ge=0, examples=[1])]
    outcome: Annotated[
        str,
        Field(
            json_schema_extra={"enum": OUTCOMES},
            description="`retry`: the handler asked for another attempt. `again`: the handler asked to be "
            "called later, which is no failure. `timeout`: the time limit was reached. `worker_lost`: the "
            "worker died.",
            examples=["retry"],
        ),
    ]
    due_at: Annotated[
        Time | None,
        Field(description="The planned start; null if not recorded.", examples=["2026-06-21T10:00:00.000Z"]),
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.310Z"])]
    lateness_ms: Annotated[
        int | None,
        Field(
            description="Milliseconds from `due_at` to `started_at`; never negative.", ge=0, examples=[310]
        ),
    ]
    ended_at: Annotated[
        Time | None, Field(description="Null while it runs.", examples=["2026-06-21T10:00:01.240Z"])
    ]
    error: Annotated[
        JobError | None,
        Field(examples=[{"code": "retry", "message": "The service behind it answered 503."}]),
    ]
    details: Annotated[
        dict[str, Any] | None,
        Field(
            description="Data that the job type records for each execution, such as the response to the "
            "request that it sent. Null while it runs, and if nothing was recorded.",
            examples=[None],
        ),
    ]


class ExecutionList(TypedDict):
    executions: Annotated[list[Execution], Field(description="The last 100, newest first.", max_length=100)]


class DeliveryError(TypedDict):
    """The reason why there was no response."""

    code: Annotated[
        str,
        Field(
            description="`name_not_resolved`, `connection_failed`, `tls_failed`, `connection_lost`, "
            "`timed_out`, `answer_broken`, `answer_too_large` (over 1 MiB), `forbidden_address` (not a "
            "public address) or `no_signing_secret`.",
            examples=["connection_failed"],
        ),
    ]
    message: Annotated[str, Field(examples=["app.example.com did not accept the connection"])]


class Delivery(TypedDict):
    """One try to send the callback. Without `status` and `error` it is still running, or its worker was lost
    and the outcome is unknown."""

    number: Number
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.310Z"])]
    duration_ms: Annotated[int | None, Field(ge=0, examples=[184])]
    status: Annotated[int | None, Field(description="The status of the receiver's response.", examples=[200])]
    answer: Annotated[
        str | None, Field(description="The first KiB of the receiver's response.", examples=["ok"])
    ]
    error: Annotated[DeliveryError | None, Field(examples=[None])]


class DeliveryList(TypedDict):
    deliveries: Annotated[list[Delivery], Field(description="The last 100, newest first.", max_length=100)]
