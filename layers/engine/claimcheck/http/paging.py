"""The query of a list: `limit`, `cursor` and the list's own filters."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar
from uuid import UUID

from claimcheck.domain.errors import FieldError, InvalidFields, MalformedJobId
from claimcheck.domain.json_text import compact
from claimcheck.service.reader import MAX_PAGE, check_id

D = TypeVar("D")

DEFAULT_LIMIT = 20


# Bytes of JSON. In base64, the page fits into an answer of Lambda ("Lambda quotas": 6 MB).
PAGE_SIZE = 4_000_000


class Paging(NamedTuple):
    """A page to read. `given` has every parameter, unparsed."""

    limit: int
    cursor: str | None
    given: Mapping[str, str]


def is_job_cursor(text: str) -> bool:
    """Accept the id of the last job read. A version 7 UUID holds its time, and names no org."""
    try:
        return UUID(check_id(text)).version == 7 and text == text.lower()
    except MalformedJobId:
        return False


def is_failed_cursor(text: str) -> bool:
    """Accept the place of the last job read in a list of failed jobs."""
    failed_at, _, job_id = text.partition(".")
    return failed_at.isascii() and failed_at.isdigit() and len(failed_at) == 15 and is_job_cursor(job_id)


def paging_of(
    query: list[tuple[str, str]],
    filters: Mapping[str, Callable[[str], str | None]] | None = None,
    is_cursor: Callable[[str], bool] = is_job_cursor,
) -> Paging:
    """Parse a query. `filters` are the checks of the list's own parameters, which return what is wrong.

    Raises: InvalidFields, which names every wrong parameter.
    """
    checks = {**(filters or {}), "limit": _limit, "cursor": _cursor(is_cursor)}
    given = dict(query)
    names = [name for name, _ in query]
    known = ", ".join(checks)
    wrong = [(name, f"is not a known parameter; known: {known}") for name in given if name not in checks]
    wrong += [(name, "must be given only once") for name in sorted(given) if names.count(name) > 1]
    faults = ((name, check(given[name])) for name, check in checks.items() if name in given)
    wrong += [(name, fault) for name, fault in faults if fault is not None]
    if wrong:
        raise InvalidFields([FieldError(f"?{name}", message) for name, message in wrong])
    return Paging(int(given.get("limit", DEFAULT_LIMIT)), given.get("cursor"), given)


def fitting(documents: Iterable[D]) -> list[D]:
    """Return the first of a page's documents, as many as have at most `PAGE_SIZE` bytes, and at least one."""
    size, found = 0, list[D]()
    for document in documents:
        size += len(compact(document).encode())
        if found and size > PAGE_SIZE:
            break
        found.append(document)
    return found


def _limit(text: str) -> str | None:
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_PAGE:
        return None
    return f"must be an integer from 1 to {MAX_PAGE}"


def _cursor(is_cursor: Callable[[str], bool]) -> Callable[[str], str | None]:
    return lambda text: None if is_cursor(text) else "must be the next_cursor of the previous page"
