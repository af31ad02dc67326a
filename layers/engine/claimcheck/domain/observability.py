"""Logs, and one metric line for each ended job. They never contain a body or a key.

Powertools is imported with the first log line: a poll without one does not pay for it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools import Logger

    from claimcheck.domain.job import Job


@cache
def logger() -> Logger:
    """Return Powertools' logger, configured by LOG_LEVEL and POWERTOOLS_SERVICE_NAME."""
    from aws_lambda_powertools import Logger

    return Logger()


def info(message: str, **fields: Any) -> None:
    logger().info(message, extra=fields)


def warn(message: str, **fields: Any) -> None:
    logger().warning(message, extra=fields)


class JobLog:
    """The log of a handler. Each line has `fields`, which name the job, and the line's own `details`."""

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
    """Log that a callback has failed for good. The log line outlives the job's row."""
    warn("callback given up", job_id=job.job_id, org=job.org, **why)


def count_end(job: Job) -> None:
    """Write the metrics of an ended job as one line of CloudWatch's embedded metric format."""
    from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

    # No dimension `service`: any function can end a job.
    metrics = EphemeralMetrics(namespace="Claimcheck", service="")
    metrics.add_dimension("type", job.type)
    metrics.add_dimension("status", job.status)
    metrics.add_metric("JobsEnded", MetricUnit.Count, 1)
    metrics.add_metric("JobDuration", MetricUnit.Milliseconds, (job.ended_at or 0) - job.created_at)
    metrics.add_metadata("job_id", job.job_id)
    metrics.add_metadata("org", job.org)
    if job.error is not None:
        metrics.add_metadata("error_code", job.error.code)
    metrics.flush_metrics()
