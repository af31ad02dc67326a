"""Logs, and one metric line for each ended job. They never contain a body or a key.

Powertools is imported with the first log line: a poll without one does not pay for it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

    from claimcheck.domain.job import Job


@cache
def logger() -> Logger:
    """Return Powertools' logger, set up by LOG_LEVEL and POWERTOOLS_SERVICE_NAME."""
    from aws_lambda_powertools import Logger

    return Logger()


def info(message: str, **fields: Any) -> None:
    logger().info(message, extra=fields)


def warn(message: str, **fields: Any) -> None:
    logger().warning(message, extra=fields)


def failure(message: str, **fields: Any) -> None:
    """Log the current exception's type and stack, not its text, which may quote a customer's input."""
    import sys
    from traceback import extract_tb

    error = sys.exc_info()[1]
    assert error is not None
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    logger().error(message, extra=fields | {"error": type(error).__name__, "frames": frames})


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
