"""The pages of what an org uses: its credits, and its jobs of the last day.

The API does not count jobs, so they are counted here, from pages of the list: at most the newest thousand.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Pages, Visit

DAY = timedelta(hours=24)
PAGE = 100  # jobs
MOST_PAGES = 10


class Use(NamedTuple):
    """The jobs of a type that were accepted, and those of them that failed so far."""

    type: str
    accepted: int
    failed: int


async def show_credits(visit: Visit) -> Response:
    """Show the credits that are left, and their movements."""
    left, found = await asyncio.gather(
        visit.api.get("/v1/credits"), visit.api.get("/v1/credits/ledger", visit.cursor)
    )
    return visit.page(
        "credits.html",
        credits=left["credits"],
        movements=found["movements"],
        next_cursor=found["next_cursor"],
    )


async def show_usage(visit: Visit) -> Response:
    jobs, all_since = await _last_day(visit)
    uses = uses_of(jobs)
    total = Use("all types", sum(each.accepted for each in uses), sum(each.failed for each in uses))
    return visit.page("usage.html", uses=uses, total=total, all_since=all_since)


async def _last_day(visit: Visit) -> tuple[list[dict[str, Any]], str | None]:
    """Return the jobs, and None if these are all, otherwise the time of the oldest of them."""
    since = (visit.console.now() - DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    jobs: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        query = {"created_after": since, "limit": str(PAGE)} | cursor
        page = await visit.api.get("/v1/jobs", query)
        jobs += page["jobs"]
        if page["next_cursor"] is None:
            return jobs, None
        cursor = {"cursor": page["next_cursor"]}
    return jobs, jobs[-1]["created_at"] if jobs else since


def uses_of(jobs: list[dict[str, Any]]) -> list[Use]:
    """Return the use of each type, most used first."""
    accepted = Counter(job["type"] for job in jobs)
    failed = Counter(job["type"] for job in jobs if job["status"] == "failed")
    return [Use(name, count, failed[name]) for name, count in accepted.most_common()]


PAGES: Pages = (
    ("GET", "/credits", show_credits),
    ("GET", "/usage", show_usage),
)
