"""The query of `GET /api/v1/credits/ledger`."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from claimcheck.http.paging import Paging, paging_of

# A position that a store returned. Only the store knows what it means.
PLACE = re.compile(rb"[\x21-\x7e]{1,255}")


def ledger_query_of(query: list[tuple[str, str]]) -> Paging:
    """Read limit and cursor; decode the cursor.

    Raises: InvalidFields, which names every invalid parameter.
    """
    paging = paging_of(query, is_cursor=lambda text: _place_of(text) is not None)
    return paging._replace(cursor=paging.cursor and _place_of(paging.cursor))


def cursor_of(after: str) -> str:
    """Encode a position as an opaque, URL-safe cursor."""
    return urlsafe_b64encode(after.encode()).decode().rstrip("=")


def _place_of(cursor: str) -> str | None:
    try:
        place = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        return None
    # The decoder skips invalid characters, so check that encoding gives the same cursor.
    if not PLACE.fullmatch(place) or cursor_of(place.decode()) != cursor:
        return None
    return place.decode()
