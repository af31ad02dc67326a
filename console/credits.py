"""The page of an org's credits: what is left, and every movement."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Pages, Visit


async def show_credits(visit: Visit) -> Response:
    cursor = visit.request.query_params.get("cursor", "")
    paging = {"cursor": cursor} if cursor else {}
    left, found = await asyncio.gather(
        visit.api.get("/v1/credits"), visit.api.get("/v1/credits/ledger", paging)
    )
    following = found["next_cursor"] and urlencode({"cursor": found["next_cursor"]})
    return visit.page(
        "credits.html", credits=left["credits"], movements=found["movements"], following=following
    )


PAGES: Pages = (("GET", "/credits", show_credits),)
