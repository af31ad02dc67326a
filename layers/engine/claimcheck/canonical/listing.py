"""The query of `GET /v1/jobs`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.job import Status
from claimcheck.domain.ports import FAR
from claimcheck.http.paging import is_failed_cursor, is_job_cursor, paging_of
from claimcheck.service.reader import MAX_PAGE, UUID, JobFilter

if TYPE_CHECKING:
    from claimcheck.domain.job import Millis
    from claimcheck.http.paging import Paging

# The limits of a metadata name: see `requests`.
METADATA = re.compile(r"metadata\[([^\[\]]{1,40})\]")
TIMES = ("created_after", "created_before")


def listing_of(query: list[tuple[str, str]]) -> tuple[JobFilter, Paging]:
    """Return the jobs and the page of a query. Raises: InvalidFields, which names every wrong parameter."""
    metadata = {name: key[1] for name, _ in query if (key := METADATA.fullmatch(name))}
    checks = {
        "status": _status,
        "type": _any,
        "error_code": _any,
        "flow": _any,
        **dict.fromkeys(TIMES, _time),
        **dict.fromkeys(metadata or ("metadata[<name>]",), _any),
    }
    given = dict(query)
    found = JobFilter(
        status=given.get("status"),
        type=given.get("type"),
        error_code=given.get("error_code"),
        flow=given.get("flow"),
        metadata={key: given[name] for name, key in metadata.items()},
    )
    paging = paging_of(query, checks, is_failed_cursor if found.failed else is_job_cursor)
    after, before = (_millis_of(given[name]) if name in given else None for name in TIMES)
    found = found._replace(created_after=after or 0, created_before=FAR if before is None else before)
    return found, paging


def _any(text: str) -> str | None:
    return None


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


def _time(text: str) -> str | None:
    try:
        _millis_of(text)
    except ValueError as error:
        return str(error)
    return None


def _millis_of(text: str) -> Millis:
    # It needs pydantic, which other lists do not load.
    from claimcheck.authoring.timestamps import millis_of

    return millis_of(text)
