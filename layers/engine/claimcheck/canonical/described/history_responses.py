"""The canonical dialect's responses about executions and deliveries, as types: see `http.responses`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from claimcheck.canonical.described.responses import JobError
from claimcheck.http.responses import Time

OUTCOMES = ["running", "completed", "failed", "retry", "again", "timeout", "worker_lost"]


class Execution(TypedDict):
    """One time that a worker took the job up."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    attempt: Annotated[int, Field(description="Which attempt this was.", ge=0, examples=[1])]
    outcome: Annotated[
        str,
        Field(
            json_schema_extra={"enum": OUTCOMES},
            description="`retry`: it asked for another attempt. `again`: it asked to be called later, which "
            "is no failure. `timeout`: it was stopped at its time limit. `worker_lost`: its worker died.",
            examples=["retry"],
        ),
    ]
    due_at: Annotated[
        Time | None,
        Field(
            description="When it should have started; null where that was not kept.",
            examples=["2026-06-21T10:00:00.000Z"],
        ),
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.310Z"])]
    lateness_ms: Annotated[
        int | None,
        Field(description="From `due_at` to `started_at`: never less than 0.", ge=0, examples=[310]),
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
            description="What the job type records of an execution, such as the answer to the request that "
            "it sent; null while it runs, and where there is nothing.",
            examples=[None],
        ),
    ]


class ExecutionList(TypedDict):
    executions: Annotated[list[Execution], Field(description="The last 100, newest first.", max_length=100)]


class DeliveryError(TypedDict):
    """Why there was no answer."""

    code: Annotated[
        str,
        Field(
            description="`name_not_resolved`, `connection_failed`, `tls_failed`, `connection_lost`, "
            "`timed_out`, `answer_broken`, `answer_too_large` (over 1 MiB), `forbidden_address` (not a "
            "public one), or `no_signing_secret`.",
            examples=["connection_failed"],
        ),
    ]
    message: Annotated[str, Field(examples=["app.example.com did not take the connection"])]


class Delivery(TypedDict):
    """One time that the job's end was told. Without `status` and `error` it is under way, or its worker
    was lost and nobody knows whether it arrived."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.310Z"])]
    duration_ms: Annotated[int | None, Field(ge=0, examples=[184])]
    status: Annotated[int | None, Field(description="Of the receiver's answer.", examples=[200])]
    answer: Annotated[
        str | None, Field(description="The first KiB of the receiver's answer.", examples=["ok"])
    ]
    error: Annotated[DeliveryError | None, Field(examples=[None])]


class DeliveryList(TypedDict):
    deliveries: Annotated[list[Delivery], Field(description="The last 100, newest first.", max_length=100)]
