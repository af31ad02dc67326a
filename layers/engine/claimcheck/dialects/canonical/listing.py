"""The query of `GET /v1/jobs`."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from claimcheck.errors import FieldError, InvalidFields, MalformedJobId
from claimcheck.model import Status
from claimcheck.service.reading import MAX_PAGE, check_id

DEFAULT_LIMIT = 20


class ListingQuery(NamedTuple):
    status: str | None = None
    type: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def listing_of(query: list[tuple[str, str]]) -> ListingQuery:
    """Raises: InvalidFields, which names every wrong parameter."""
    given = dict(query)
    errors = [
        FieldError(f"?{name}", "unknown parameter; known are status, type, limit and cursor")
        for name in given
        if name not in ListingQuery._fields
    ]
    if len(given) < len(query):
        twice = {name for name, _ in query if [each for each, _ in query].count(name) > 1}
        errors += [FieldError(f"?{name}", "given more than once") for name in sorted(twice)]
    if given.get("status", Status.PENDING) not in list(Status):
        errors.append(FieldError("?status", f"must be one of {', '.join(Status)}"))
    limit = given.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MAX_PAGE):
        errors.append(FieldError("?limit", f"must be an integer from 1 to {MAX_PAGE}"))
    if "cursor" in given and not is_cursor(given["cursor"]):
        errors.append(FieldError("?cursor", "must be a next_cursor from an earlier page"))
    if errors:
        raise InvalidFields(errors)
    return ListingQuery(given.get("status"), given.get("type"), int(limit), given.get("cursor"))


def is_cursor(text: str) -> bool:
    """A cursor is the id of the last job read, which tells its own time and names no org."""
    try:
        return UUID(check_id(text)).version == 7 and text == text.lower()
    except MalformedJobId:
        return False
