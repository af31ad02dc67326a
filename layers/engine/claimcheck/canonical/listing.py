"""The query of `GET /v1/jobs`."""

from typing import NamedTuple

from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import Status
from claimcheck.http.paging import DEFAULT_LIMIT, paging_of
from claimcheck.service.reader import MAX_PAGE, UUID


class ListingQuery(NamedTuple):
    status: str | None = None
    type: str | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


def listing_of(query: list[tuple[str, str]]) -> ListingQuery:
    """Raises: InvalidFields, which names every wrong parameter."""
    paging = paging_of(query, {"status": _status, "type": lambda text: None})
    return ListingQuery(paging.given.get("status"), paging.given.get("type"), paging.limit, paging.cursor)


def ids_of(query: list[tuple[str, str]]) -> list[str] | None:
    """Return the ids of `ids=<id>,<id>…`, each once, or None without it.

    Raises: InvalidFields, also for any other parameter.
    """
    given = [value for name, value in query if name == "ids"]
    if not given:
        return None
    job_ids = list(dict.fromkeys(each.lower() for value in given for each in value.split(",")))
    wrong = [FieldError(f"?{name}", "cannot be combined with ids") for name, _ in query if name != "ids"]
    if any(UUID.fullmatch(each) is None for each in job_ids):
        wrong.append(FieldError("?ids", "must be job ids, separated by commas"))
    if len(job_ids) > MAX_PAGE:
        wrong.append(FieldError("?ids", f"must be at most {MAX_PAGE} job ids"))
    if wrong:
        raise InvalidFields(wrong)
    return job_ids


def _status(text: str) -> str | None:
    return None if text in list(Status) else f"must be one of {', '.join(Status)}"
