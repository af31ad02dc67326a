"""The query of `GET /api/v1/credits/ledger`."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from claimcheck.http.paging import paging_of

# What a store can have told as the end of a page: it is its own affair what that means.
PLACE = re.compile(rb"[\x21-\x7e]{1,255}")


class LedgerQuery(NamedTuple):
    limit: int
    after: str | None


def ledger_query_of(query: list[tuple[str, str]]) -> LedgerQuery:
    """Raises: InvalidFields, which names every wrong parameter."""
    paging = paging_of(query, is_cursor=lambda text: _place_of(text) is not None)
    return LedgerQuery(paging.limit, paging.cursor and _place_of(paging.cursor))


def cursor_of(after: str) -> str:
    """The place as a word that stands in a URL as it is, and that nobody takes to mean anything."""
    return urlsafe_b64encode(after.encode()).decode().rstrip("=")


def _place_of(cursor: str) -> str | None:
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return None
    # Decoding skips what is no base64: only what comes back the same was a cursor.
    if not PLACE.fullmatch(place) or cursor_of(place.decode()) != cursor:
        return None
    return place.decode()
