"""The query of `GET /api/v1/credits/ledger`."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from claimcheck.errors import FieldError, InvalidFields
from claimcheck.service.reading import MAX_PAGE

DEFAULT_LIMIT = 20
PARAMETERS = ("limit", "cursor")
# What a store can have told as the end of a page: it is its own affair what that means.
PLACE = re.compile(rb"[\x21-\x7e]{1,255}")


class LedgerQuery(NamedTuple):
    limit: int = DEFAULT_LIMIT
    after: str | None = None


def ledger_query_of(query: list[tuple[str, str]]) -> LedgerQuery:
    """Raises: InvalidFields, which names every wrong parameter."""
    given = dict(query)
    errors = [
        FieldError(f"?{name}", "unknown parameter; known are limit and cursor")
        for name in given
        if name not in PARAMETERS
    ]
    names = [name for name, _ in query]
    errors += [FieldError(f"?{name}", "given more than once") for name in given if names.count(name) > 1]
    limit = given.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MAX_PAGE):
        errors.append(FieldError("?limit", f"must be an integer from 1 to {MAX_PAGE}"))
    after = _place_of(given["cursor"]) if "cursor" in given else None
    if "cursor" in given and after is None:
        errors.append(FieldError("?cursor", "must be a next_cursor from an earlier page"))
    if errors:
        raise InvalidFields(errors)
    return LedgerQuery(int(limit), after)


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
