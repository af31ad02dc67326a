"""Logs, and the metrics that are worth an alarm. They never contain a body or a key.

Powertools is imported with the first log line: a poll without one does not pay for it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from claimcheck.domain.json_text import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools import Logger

    from claimcheck.domain.job import Job, Millis, Trace


@cache
def logger() -> Logger:
    """Return Powertools' logger, configured by LOG_LEVEL and POWERTOOLS_SERVICE_NAME."""
    from aws_lambda_powertools import Logger

    return Logger()


def info(message: str, **fields: Any) -> None:
    logger().info(message, extra=fields)


def warn(message: str, **fields: Any) -> None:
    logger().warning(message, extra=fields)


def named(job: Job) -> dict[str, str]:
    """Return the fields that name a job in a log line."""
    return {"job_id": job.job_id, "org": job.org, "type": job.type, **traced(job.trace)}


def traced(trace: Trace | None) -> dict[str, str]:
    """Return the field that names a client's trace in a log line."""
    return {} if trace is None else {"traceparent": trace.parent}


class JobLog:
    """The log of a handler. Each line has `fields` (the job's id, org, type and attempt) and its `details`.

    Never log secrets or a customer's input.
    """

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def debug(self, message: str, /, **details: Any) -> None:
        self._write("debug", message, details)

    def info(self, message: str, /, **details: Any) -> None:
        self._write("info", message, details)

    def warning(self, message: str, /, **details: Any) -> None:
        self._write("warning", message, details)

    def error(self, message: str, /, **details: Any) -> None:
        self._write("error", message, details)

    def _write(self, level: str, message: str, details: dict[str, Any]) -> None:
        getattr(logger(), level)(message, extra=self._fields | {"details": details})


def failure(message: str, **fields: Any) -> None:
    """Log the current exception: its type, its stack and the types of its causes.

    With LOG_EXCEPTIONS=true, log the whole traceback with all texts, which can quote a customer's input.
    """
    import sys
    from traceback import extract_tb, format_exception

    error = sys.exc_info()[1]
    assert error is not None
    if os.environ.get("LOG_EXCEPTIONS") == "true":
        shown: dict[str, Any] = {"traceback": "".join(format_exception(error))}
    else:
        stack = extract_tb(error.__traceback__)
        shown = {
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in stack],
            "causes": list(_causes(error)),
        }
    logger().error(message, extra=fields | {"error": type(error).__name__} | shown)


def _causes(error: BaseException) -> Iterator[str]:
    seen = {id(error)}
    while cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        if id(cause) in seen:
            return
        seen.add(id(cause))
        yield type(cause).__name__
        error = cause


def warn_given_up(job: Job, **why: Any) -> None:
    """Log and count a callback that has failed for good. The log line outlives the job's row."""
    warn("callback given up", **named(job), **why)
    _measure({"CallbacksGivenUp": (1, "Count")}, {"type": job.type}, **named(job))


def count_accepted(job: Job) -> None:
    _measure({"JobsAccepted": (1, "Count")}, {"type": job.type}, **named(job))


def count_end(job: Job) -> None:
    """Count an ended job. `StartDelay` is that of its last start, if it started at all."""
    metrics = {
        "JobsEnded": (1, "Count"),
        "JobDuration": ((job.ended_at or 0) - job.created_at, "Milliseconds"),
    }
    if job.started_at is not None:
        metrics["StartDelay"] = (job.started_at - job.last_scheduled_at, "Milliseconds")
    code = {} if job.error is None else {"error_code": job.error.code}
    dimensions = {"type": job.type, "status": job.status}
    _measure(metrics, dimensions, **named(job), **code)


def count_repeat(job: Job, outcome: str) -> None:
    """Count an attempt that another one follows: `outcome` is that of its execution."""
    dimensions = {"type": job.type, "outcome": outcome}
    _measure({"Repeats": (1, "Count")}, dimensions, **named(job))


def count_rate_limited(org: str) -> None:
    _measure({"RateLimited": (1, "Count")}, {"org": org})


def measure_sweep(age: Millis) -> None:
    """Measure for how long the oldest row has been due. Healthy is less than two minutes."""
    _measure({"OldestDue": (age, "Milliseconds")}, {})


def _measure(metrics: dict[str, tuple[int, str]], dimensions: dict[str, str], **properties: str) -> None:
    """Write a line from which CloudWatch makes metrics.

    The format is that of the Amazon CloudWatch User Guide, "Specification: Embedded metric format".
    """
    import time

    declared = {
        "Namespace": "Claimcheck",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit} for name, (_, unit) in metrics.items()],
    }
    header = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [declared]}
    values = {name: value for name, (value, _) in metrics.items()}
    print(compact({"_aws": header, **properties, **dimensions, **values}))  # noqa: T201 - Lambda's log
