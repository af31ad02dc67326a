"""The page of flows: what runs, what waits, and the limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from console.api import Refused

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Pages, Visit

RATE = ("starts", "per_seconds", "burst")
LIMITS = ("concurrency", "max_waiting", *RATE)


async def show_flows(visit: Visit) -> Response:
    found = await visit.api.get("/v1/flows", visit.cursor)
    # Only a flow by itself has the numbers of its jobs.
    flows = await asyncio.gather(*(visit.api.get(_path(each["name"])) for each in found["flows"]))
    return visit.page("flows.html", flows=flows, next_cursor=found["next_cursor"])


async def change_flow(visit: Visit) -> Response:
    action, path = visit.param("action"), _path(visit.param("name"))
    if action == "limits":
        await visit.api.send("PUT", path, json=_limits(visit.form))
    elif action == "delete":
        await visit.api.send("DELETE", path)
    elif action in ("pause", "resume"):
        await visit.api.post(f"{path}/{action}")
    else:
        raise Refused(404, "not_found", "There is no such action.")
    return visit.go("/flows")


def _limits(form: dict[str, str]) -> dict[str, Any]:
    """Return all limits of a flow. An empty field is no limit. Raises: Refused if one is not a number."""
    try:
        given = {name: int(form[name]) for name in LIMITS if form.get(name, "").strip()}
    except ValueError:
        raise Refused(422, "invalid_fields", "Limits must be whole numbers. Change them.") from None
    rate = {name: given.pop(name) for name in RATE if name in given}
    return given | ({"rate": rate} if rate else {})


def _path(name: str) -> str:
    return f"/v1/flows/{quote(name, safe='')}"


PAGES: Pages = (
    ("GET", "/flows", show_flows),
    ("POST", "/flows/{name}/{action}", change_flow),
)
