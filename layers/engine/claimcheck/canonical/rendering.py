"""The canonical dialect's documents: jobs, executions, callbacks, deliveries, movements, schedules, flows."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Literal

from claimcheck.domain.clock import optional_rfc3339, rfc3339
from claimcheck.domain.job import SECOND, Callback, Delivery, Execution, Job, Millis, Movement, Status
from claimcheck.http.contract import path_for_clients
from claimcheck.http.rendering import optional_error, render_error, render_progress, result_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.canonical.described import (
        flow_responses,
        history_responses,
        responses,
        schedule_responses,
    )
    from claimcheck.domain.flows import Flow, Rate
    from claimcheck.domain.ports import Page
    from claimcheck.domain.schedules import Refusal, Schedule
    from claimcheck.service.callbacks.settings import DefaultCallback

NAME = "canonical"


def render(job: Job, result: str | None = None, ahead: int | None = None) -> responses.Job:
    """Render the job. `result` is JSON text; without it the job has a `result_url`.

    `ahead` are the jobs before a job that waits for its flow, if they are to be shown.
    """
    fields = _fields(job)
    if job.ended_at is None or job.expires_at is None:
        if job.status is Status.PENDING:
            return {**fields, "status": "pending", **_waiting(job, ahead)}
        return {**fields, "status": "processing"}
    ended: responses.Ended = {"ended_at": rfc3339(job.ended_at), "expires_at": rfc3339(job.expires_at)}
    if job.error is not None:
        return {**fields, "status": "failed", "error": render_error(job.error), **ended}
    shown: responses.Shown = {"result": json.loads(result)} if result else {"result_url": result_url(job)}
    return {**fields, "status": "completed", **shown, **ended}


def render_jobs(
    listing: Page[Job], cursor_of: Callable[[Job], str] = lambda job: job.job_id
) -> responses.JobList:
    from claimcheck.http.paging import fitting

    jobs = fitting(render(job) for job in listing.entries)
    last = listing.entries[len(jobs) - 1] if len(jobs) < len(listing.entries) else None
    return {"jobs": jobs, "next_cursor": listing.after if last is None else cursor_of(last)}


def render_accepted(job: Job) -> responses.AcceptedJob:
    return {**_fields(job), "status": "pending", "poll_url": path_for_clients(url_of(job))}


def render_existing(job: Job) -> responses.ExistingJob:
    status: Literal["pending", "processing"] = "pending" if job.status is Status.PENDING else "processing"
    return {**_fields(job), "status": status, "poll_url": path_for_clients(url_of(job))}


def _fields(job: Job) -> responses.JobFields:
    return {
        "job_id": job.job_id,
        "type": job.type,
        "type_version": job.type_version,
        "status": job.status,
        "attempt": job.attempt,
        "progress": render_progress(job.progress),
        "metadata": job.metadata,
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
        "run_at": rfc3339(job.run_at),
        "start_by": optional_rfc3339(job.start_by),
        "deadline": rfc3339(job.deadline),
        "unique_key": job.unique_key,
        "retry_of": job.retry_of,
        "retried_as": job.retried_as,
        "cancel_requested_at": optional_rfc3339(job.cancel_requested_at),
        "callback": render_callback(job.callback, job.not_before if job.owes_callback else None),
        "flow": job.flow and job.flow.name,
    }


def render_execution(execution: Execution) -> history_responses.Execution:
    return {
        "number": execution.number,
        "attempt": execution.attempt,
        "outcome": execution.outcome,
        "due_at": optional_rfc3339(execution.scheduled_at),
        "started_at": rfc3339(execution.started_at),
        "lateness_ms": execution.lateness,
        "ended_at": optional_rfc3339(execution.ended_at),
        "error": optional_error(execution.error),
        "details": execution.details,
    }


def render_callback(callback: Callback | None, not_before: Millis | None) -> responses.Callback | None:
    """Render a callback. `not_before` is the earliest time of the next try, if one is pending."""
    if callback is None:
        return None
    # Imported only for jobs with a callback, to keep cold starts short.
    from claimcheck.outbound.redaction import redacted_url

    return {
        "url": redacted_url(callback.url) or None,
        "status": callback.state,
        "tries": callback.tries,
        "next_try_at": optional_rfc3339(not_before),
        "delivered_at": optional_rfc3339(callback.settled_at if callback.state == "delivered" else None),
        "failed_at": optional_rfc3339(callback.settled_at if callback.state == "failed" else None),
    }


def render_movement(movement: Movement) -> responses.Movement:
    return {
        "at": rfc3339(movement.at),
        "amount": movement.amount,
        "reason": movement.reason,
        "job_id": movement.job_id,
    }


def render_default_callback(default: DefaultCallback) -> responses.DefaultCallback:
    from claimcheck.outbound.redaction import redacted_url

    return {"url": redacted_url(default.url), "on": default.on}


def render_delivery(delivery: Delivery) -> history_responses.Delivery:
    return {
        "number": delivery.number,
        "started_at": rfc3339(delivery.started_at),
        "duration_ms": delivery.duration,
        "status": delivery.status,
        "answer": None if delivery.status is None else delivery.answer,
        "error": {"code": delivery.error, "message": delivery.message or ""} if delivery.error else None,
    }


def _waiting(job: Job, ahead: int | None) -> responses.InLine:
    return {} if job.flow is None or ahead is None else {"waiting": {"flow": job.flow.name, "ahead": ahead}}


def render_flow(flow: Flow) -> flow_responses.Flow:
    limits = flow.limits
    return {
        "name": flow.name,
        "concurrency": limits.concurrency,
        "rate": _rate(limits.rate),
        "paused": limits.paused,
        "max_waiting": limits.max_waiting,
        "created_at": rfc3339(flow.created_at),
        "updated_at": rfc3339(flow.updated_at),
    }


def _rate(rate: Rate | None) -> flow_responses.FlowRate | None:
    if rate is None:
        return None
    return {"starts": rate.starts, "per_seconds": rate.per_seconds, "burst": rate.burst}


def render_schedule(schedule: Schedule, now: Millis) -> schedule_responses.Schedule:
    """Render a schedule without its input, which can hold credentials."""
    from claimcheck.domain.recurrence import Cron, Every

    recurrence = schedule.recurrence
    cron = recurrence if isinstance(recurrence, Cron) else None
    every = recurrence if isinstance(recurrence, Every) else None
    last = schedule.last_run(now)
    return {
        "name": schedule.name,
        "cron": cron.expression if cron else None,
        "timezone": cron.timezone if cron else None,
        "rate": str(every) if every else None,
        "type": schedule.type,
        "metadata": schedule.metadata,
        "missed": schedule.missed,
        "callback_url": _redacted(schedule.callback_url),
        "overlap": schedule.overlap,
        "start_by_seconds": _seconds(schedule.start_by),
        "flow": schedule.flow,
        "deadline_seconds": _seconds(schedule.deadline),
        "retention_seconds": _seconds(schedule.retention),
        "paused": schedule.paused,
        "next_run_at": optional_rfc3339(schedule.next_run_at(now)),
        "last_run_at": optional_rfc3339(last and last.at),
        "last_job_id": last and last.job_id,
        "last_error": schedule.refusal and _refusal(schedule.refusal),
        "created_at": rfc3339(schedule.created_at),
        "updated_at": rfc3339(schedule.updated_at),
    }


def render_schedule_and_runs(schedule: Schedule, now: Millis) -> schedule_responses.ScheduleAndRuns:
    from claimcheck.domain.schedules import UPCOMING

    upcoming = islice(schedule.upcoming(now), UPCOMING)
    return {**render_schedule(schedule, now), "upcoming": [rfc3339(at) for at in upcoming]}


def _refusal(refusal: Refusal) -> schedule_responses.ScheduleError:
    return {"run_at": rfc3339(refusal.at), "code": refusal.code, "message": refusal.message}


def _seconds(duration: Millis | None) -> int | None:
    return None if duration is None else duration // SECOND


def _redacted(url: str | None) -> str | None:
    if url is None:
        return None
    # As above.
    from claimcheck.outbound.redaction import redacted_url

    return redacted_url(url)


def url_of(job: Job) -> str:
    return f"/v1/jobs/{job.job_id}"
