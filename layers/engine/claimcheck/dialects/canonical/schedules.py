"""`/v1/schedules`: recurring jobs. What only storing a schedule needs is in `schedule_requests`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.clock import rfc3339
from claimcheck.endpoints import CALLBACK_URL
from claimcheck.errors import FieldError, InvalidFields
from claimcheck.http import Response
from claimcheck.model import SECOND
from claimcheck.recurrence import Cron, Every
from claimcheck.routing import Route
from claimcheck.tenancy import READ, WRITE

if TYPE_CHECKING:
    from claimcheck.http import Call
    from claimcheck.model import Millis
    from claimcheck.schedules import Refusal, Schedule


def put_schedule(call: Call) -> Response:
    from claimcheck.dialects.canonical.schedule_requests import schedule_of

    if CALLBACK_URL in call.request.headers:
        raise InvalidFields([FieldError("", f"{CALLBACK_URL}: the jobs of a schedule have no callback")])
    name, now = call.params["name"], call.engine.clock.now()
    asked = schedule_of(call.request.json(), name, call.key, call.engine.submission, now)
    stored = call.engine.scheduling.put(asked.schedule, asked.paused)
    document = render_schedule(stored.schedule, now)
    if not stored.created:
        return Response.json(200, document)
    return Response.json(201, document, location=f"/v1/schedules/{name}")


def get_schedule(call: Call) -> Response:
    return _shown(call, call.engine.schedules.get(call.org, call.params["name"]))


def list_schedules(call: Call) -> Response:
    from claimcheck.paging import paging_of
    from claimcheck.schedules import NAME

    page = paging_of(call.request.query, is_cursor=lambda cursor: NAME.fullmatch(cursor) is not None)
    found = call.engine.schedules.list_schedules(call.org, page.limit, page.cursor)
    now = call.engine.clock.now()
    schedules = [render_schedule(each, now) for each in found.schedules]
    return Response.json(200, {"schedules": schedules, "next_cursor": found.after})


def pause_schedule(call: Call) -> Response:
    return _shown(call, call.engine.scheduling.pause(call.org, call.params["name"]))


def resume_schedule(call: Call) -> Response:
    return _shown(call, call.engine.scheduling.resume(call.org, call.params["name"]))


def delete_schedule(call: Call) -> Response:
    call.engine.scheduling.delete(call.org, call.params["name"])
    return Response(204, "")


def run_schedule(call: Call) -> Response:
    from claimcheck.dialects import canonical
    from claimcheck.service.submission import IdempotencyKey

    callback_url = call.request.headers.get(CALLBACK_URL)
    given = call.request.headers.get("idempotency-key")
    said = [] if callback_url is None else [callback_url]
    key = IdempotencyKey.of(given, canonical.NAME, call.request.path, None, *said)
    return canonical.accepted(call.engine.scheduling.run(call.org, call.params["name"], key, callback_url))


def list_schedule_jobs(call: Call) -> Response:
    from claimcheck.dialects import canonical
    from claimcheck.paging import paging_of

    page = paging_of(call.request.query)
    listing = call.engine.schedules.jobs(call.org, call.params["name"], page.limit, page.cursor)
    jobs = [canonical.render(job) for job in listing.jobs]
    return Response.json(200, {"jobs": jobs, "next_cursor": listing.after})


def render_schedule(schedule: Schedule, now: Millis) -> dict[str, Any]:
    """Without its input, which can hold credentials."""
    cron, every = None, None
    match schedule.recurrence:
        case Cron() as found:
            cron = found
        case Every() as elapsed:
            every = elapsed
    last = schedule.last_run(now)
    return {
        "name": schedule.name,
        "cron": cron and cron.expression,
        "timezone": cron and cron.timezone,
        "rate": every and str(every),
        "type": schedule.type,
        "metadata": schedule.metadata,
        "missed": schedule.missed,
        "deadline_seconds": _seconds(schedule.deadline),
        "retention_seconds": _seconds(schedule.retention),
        "paused": schedule.paused,
        "next_run_at": _time(schedule.next_run_at(now)),
        "last_run_at": _time(last and last.at),
        "last_job_id": last and last.job_id,
        "last_error": schedule.refusal and _refusal(schedule.refusal),
        "created_at": rfc3339(schedule.created_at),
        "updated_at": rfc3339(schedule.updated_at),
    }


def _shown(call: Call, schedule: Schedule) -> Response:
    return Response.json(200, render_schedule(schedule, call.engine.clock.now()))


def _refusal(refusal: Refusal) -> dict[str, str]:
    return {"run_at": rfc3339(refusal.at), "code": refusal.code, "message": refusal.message}


def _time(at: Millis | None) -> str | None:
    return None if at is None else rfc3339(at)


def _seconds(duration: Millis | None) -> int | None:
    return None if duration is None else duration // SECOND


ROUTES = (
    Route("PUT", "/v1/schedules/{name}", put_schedule, WRITE),
    Route("GET", "/v1/schedules/{name}", get_schedule, READ),
    Route("DELETE", "/v1/schedules/{name}", delete_schedule, WRITE),
    Route("GET", "/v1/schedules", list_schedules, READ),
    Route("GET", "/v1/schedules/{name}/jobs", list_schedule_jobs, READ),
    Route("POST", "/v1/schedules/{name}/pause", pause_schedule, WRITE),
    Route("POST", "/v1/schedules/{name}/resume", resume_schedule, WRITE),
    Route("POST", "/v1/schedules/{name}/run", run_schedule, WRITE),
)
