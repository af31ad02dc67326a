"""The page of an org's ledger that a request asks for, in any dialect."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

from claimcheck.http.paging import paging_of

if TYPE_CHECKING:
    from claimcheck.domain.job import Movement
    from claimcheck.domain.ports import Page
    from claimcheck.http.contract import Call

# A position that a store returned. Only the store knows what it means.
PLACE = re.compile(rb"[\x21-\x7e]{1,255}")


def read_ledger(call: Call) -> Page[Movement]:
    """Read the page of `limit` and `cursor`. Its `after` is the cursor of the next one.

    Raises: InvalidFields, which names every invalid parameter.
    """
    wanted = paging_of(call.request.query, is_cursor=lambda text: _place_of(text) is not None)
    page = call.engine.credits.ledger(call.org, wanted.limit, wanted.cursor and _place_of(wanted.cursor))
    return page._replace(after=page.after and _cursor_of(page.after))


def _cursor_of(after: str) -> str:
    """Encode a position as an opaque, URL-safe cursor."""
    return urlsafe_b64encode(after.encode()).decode().rstrip("=")


def _place_of(cursor: str) -> str | None:
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return None
    # The decoder skips invalid characters, so check that encoding gives the same cursor.
    if not PLACE.fullmatch(place) or _cursor_of(place.decode()) != cursor:
        return None
    return place.decode()
