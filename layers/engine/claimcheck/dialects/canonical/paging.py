"""The query of a list that has only pages: `limit` and `cursor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from claimcheck.dialects.canonical.listing import DEFAULT_LIMIT
from claimcheck.errors import FieldError, InvalidFields
from claimcheck.service.reading import MAX_PAGE

if TYPE_CHECKING:
    from collections.abc import Callable


class Page(NamedTuple):
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def page_of(query: list[tuple[str, str]], is_cursor: Callable[[str], bool]) -> Page:
    """Raises: InvalidFields, which names every wrong parameter."""
    given = dict(query)
    errors = [
        FieldError(f"?{name}", "unknown parameter; known are limit and cursor")
        for name in given
        if name not in Page._fields
    ]
    twice = {name for name in given if [each for each, _ in query].count(name) > 1}
    errors += [FieldError(f"?{name}", "given more than once") for name in sorted(twice)]
    limit = given.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MAX_PAGE):
        errors.append(FieldError("?limit", f"must be an integer from 1 to {MAX_PAGE}"))
    if "cursor" in given and not is_cursor(given["cursor"]):
        errors.append(FieldError("?cursor", "must be a next_cursor from an earlier page"))
    if errors:
        raise InvalidFields(errors)
    return Page(int(limit), given.get("cursor"))
