"""The canonical dialect's responses about executions and deliveries, as types: see `http.responses`."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.canonical.described.responses import JobError
from claimcheck.http.responses import Time, about

OUTCOMES = ["running", "completed", "failed", "retry", "again", "timeout", "worker_lost"]
Number = Annotated[int, about("Counts up from 1. Never reused.", 1, ge=1)]


class Execution(TypedDict):
    """One run of the job on a worker."""

    number: Number
    attempt: Annotated[int, about("The attempt that this run belonged to.", 1, ge=0)]
    outcome: Annotated[
        str,
        about(
            "`retry`: the handler asked for another attempt. `again`: the handler asked to be "
            "called later, which is no failure. `timeout`: the time limit was reached. `worker_lost`: the "
            "worker died.",
            "retry",
            json_schema_extra={"enum": OUTCOMES},
        ),
    ]
    due_at: Annotated[
        Time | None, about("The planned start; null if not recorded.", "2026-06-21T10:00:00.000Z")
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.310Z"])]
    lateness_ms: Annotated[
        int | None, about("Milliseconds from `due_at` to `started_at`; never negative.", 310, ge=0)
    ]
    ended_at: Annotated[Time | None, about("Null while it runs.", "2026-06-21T10:00:01.240Z")]
    error: Annotated[
        JobError | None, Field(examples=[{"code": "retry", "message": "The service behind it answered 503."}])
    ]
    details: Annotated[
        dict[str, Any] | None,
        about(
            "Data that the job type records for each execution, such as the response to the "
            "request that it sent. Null while it runs, and if nothing was recorded.",
            None,
        ),
    ]


class ExecutionList(TypedDict):
    executions: Annotated[list[Execution], about("The last 100, newest first.", max_length=100)]


class DeliveryError(TypedDict):
    """The reason why there was no response."""

    code: Annotated[
        str,
        about(
            "`name_not_resolved`, `connection_failed`, `tls_failed`, `connection_lost`, `timed_out`, "
            "`answer_broken` or `answer_too_large` (over 1 MiB). Or it was not sent: `forbidden_address` "
            "(not a public address), `malformed_url`, `forbidden_scheme`, `credentials_in_url`, "
            "`no_default_callback` (its org has deleted it) or `no_signing_secret`.",
            "connection_failed",
        ),
    ]
    message: Annotated[str, Field(examples=["app.example.com did not accept the connection"])]


class Delivery(TypedDict):
    """One try to send the callback. Without `status` and `error` it is still running, or its worker was lost
    and the outcome is unknown."""

    number: Number
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.310Z"])]
    duration_ms: Annotated[int | None, Field(ge=0, examples=[184])]
    status: Annotated[int | None, about("The status of the receiver's response.", 200)]
    answer: Annotated[str | None, about("The first KiB of the receiver's response.", "ok")]
    error: Annotated[DeliveryError | None, Field(examples=[None])]


class DeliveryList(TypedDict):
    deliveries: Annotated[list[Delivery], about("The last 100, newest first.", max_length=100)]
