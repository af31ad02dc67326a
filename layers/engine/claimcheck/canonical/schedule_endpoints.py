"""`/v1/schedules`: recurring jobs. Code for storing schedules is in `schedule_requests`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from claimcheck.canonical.rendering import (
    render_accepted,
    render_jobs,
    render_schedule,
    render_schedule_and_runs,
    url_of,
)
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Response, Route, path_for_clients
from claimcheck.http.submissions import CALLBACK_URL, FLOW, accepted_response, counted

if TYPE_CHECKING:
    from claimcheck.canonical.described import schedule_responses
    from claimcheck.domain.schedules import Schedule


def put_schedule(call: Call) -> Response:
    from claimcheck.canonical.schedule_requests import schedule_of

    _require_none(call, FLOW, "the field flow names the flow")
    name, now = call.params["name"], call.engine.clock.now()
    assert call.caller is not None
    in_header = call.request.headers.get(CALLBACK_URL)
    schedule, paused = schedule_of(
        call.request.json(), name, call.caller, call.engine.submission, now, in_header
    )
    old, new = call.engine.schedule_editor.put(schedule, paused)
    document = render_schedule(new, now)
    if old is not None:
        return Response.json(200, document)
    return Response.json(201, document, location=path_for_clients(f"/v1/schedules/{name}"))


def _require_none(call: Call, header: str, why: str) -> None:
    if header in call.request.headers:
        raise InvalidFields([FieldError("", f"must come without the header {header}: {why}")])


def get_schedule(call: Call) -> Response:
    schedule = call.engine.schedule_reader.get(call.org, call.params["name"])
    return Response.json(200, render_schedule_and_runs(schedule, call.engine.clock.now()))


def list_schedules(call: Call) -> Response:
    from claimcheck.domain.schedules import SCHEDULE_NAME
    from claimcheck.http.paging import fitting, paging_of

    page = paging_of(call.request.query, is_cursor=lambda cursor: SCHEDULE_NAME.fullmatch(cursor) is not None)
    found = call.engine.schedule_reader.list_schedules(call.org, page.limit, page.cursor)
    now = call.engine.clock.now()
    schedules = fitting(render_schedule(each, now) for each in found.entries)
    after = found.after if len(schedules) == len(found.entries) else schedules[-1]["name"]
    document: schedule_responses.ScheduleList = {"schedules": schedules, "next_cursor": after}
    return Response.json(200, document)


def pause_schedule(call: Call) -> Response:
    return _shown(call, call.engine.schedule_editor.pause(call.org, call.params["name"]))


def resume_schedule(call: Call) -> Response:
    return _shown(call, call.engine.schedule_editor.resume(call.org, call.params["name"]))


def delete_schedule(call: Call) -> Response:
    call.engine.schedule_editor.delete(call.org, call.params["name"])
    return Response(204, "")


def run_schedule(call: Call) -> Response:
    from claimcheck.service.submission import IdempotencyKey

    _require_none(call, FLOW, "the schedule names the flow")
    callback_url = call.request.headers.get(CALLBACK_URL)
    given = call.request.headers.get("idempotency-key")
    said = [] if callback_url is None else [callback_url]
    key = IdempotencyKey.of(given, call.dialect.name, call.request.path, None, *said)
    run = partial(call.engine.schedule_editor.run, call.org, call.params["name"], key, callback_url)
    accepted = counted(call, key, run)
    return accepted_response(accepted, render_accepted(accepted.job), url_of(accepted.job))


def list_schedule_jobs(call: Call) -> Response:
    from claimcheck.http.paging import paging_of

    page = paging_of(call.request.query)
    listing = call.engine.schedule_reader.jobs(call.org, call.params["name"], page.limit, page.cursor)
    return Response.json(200, render_jobs(listing))


def _shown(call: Call, schedule: Schedule) -> Response:
    return Response.json(200, render_schedule(schedule, call.engine.clock.now()))


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
