"""The query of `GET /v1/jobs`."""

from typing import NamedTuple

from claimcheck.domain.job import Status
from claimcheck.http.paging import DEFAULT_LIMIT, paging_of


class ListingQuery(NamedTuple):
    status: str | None = None
    type: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def listing_of(query: list[tuple[str, str]]) -> ListingQuery:
    """Raises: InvalidFields, which names every wrong parameter."""
    paging = paging_of(query, {"status": _status, "type": lambda text: None})
    return ListingQuery(paging.given.get("status"), paging.given.get("type"), paging.limit, paging.cursor)


def _status(text: str) -> str | None:
    return None if text in list(Status) else f"must be one of {', '.join(Status)}"
