"""The pages of schedules."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from console.api import Refused

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Pages, Visit


async def show_schedules(visit: Visit) -> Response:
    found = await visit.api.get("/v1/schedules", visit.cursor)
    return visit.page("schedules.html", schedules=found["schedules"], next_cursor=found["next_cursor"])


async def show_schedule(visit: Visit) -> Response:
    path = _path(visit)
    schedule, runs = await asyncio.gather(visit.api.get(path), visit.api.get(f"{path}/jobs"))
    return visit.page("schedule.html", schedule=schedule, jobs=runs["jobs"], once=secrets.token_urlsafe(18))


async def change_schedule(visit: Visit) -> Response:
    action, path = visit.param("action"), _path(visit)
    if action == "delete":
        await visit.api.send("DELETE", path)
        return visit.go("/schedules")
    if action == "run":
        job = await visit.api.post(f"{path}/run", idempotency_key=visit.form.get("once", ""))
        return visit.go(f"/jobs/{job['job_id']}")
    if action not in ("pause", "resume"):
        raise Refused(404, "not_found", "There is no such action.")
    await visit.api.post(f"{path}/{action}")
    return visit.go(f"/schedules/{visit.quoted('name')}")


def _path(visit: Visit) -> str:
    return f"/v1/schedules/{visit.quoted('name')}"


PAGES: Pages = (
    ("GET", "/schedules", show_schedules),
    ("GET", "/schedules/{name}", show_schedule),
    ("POST", "/schedules/{name}/{action}", change_schedule),
)
