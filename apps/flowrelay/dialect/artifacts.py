"""The lists and reads of artifacts. An artifact has its job's id and expires with its job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from apps.flowrelay.dialect.rendering import render_row
from claimcheck.domain.errors import DocumentNotFound, JobNotFound
from claimcheck.domain.job import Job, Status
from claimcheck.domain.ports import Page
from claimcheck.http.contract import Call, Response
from claimcheck.http.rendering import render_result
from claimcheck.service.reader import EMBEDDED_LIMIT, MAX_PAGE, JobFilter, JobReader

if TYPE_CHECKING:
    from apps.flowrelay.dialect.described import responses
    from claimcheck.http.paging import Paging

# Pages of an org's jobs that one request reads at most.
PAGES = 5


def list_handoffs(call: Call) -> Response:
    return _list(call, "handoff")


def get_handoff(call: Call) -> Response:
    return _get(call, "handoff")


def list_insights(call: Call) -> Response:
    return _list(call, "insight")


def get_insight(call: Call) -> Response:
    return _get(call, "insight")


def _list(call: Call, kind: Literal["handoff", "insight"]) -> Response:
    from claimcheck.http.paging import paging_of

    found = find(call.engine.reader, call.org, kind, paging_of(call.request.query))
    rows = [render_row(job) for job in found.entries]
    document: responses.FlowRelayHandoffs | responses.FlowRelayInsights
    if kind == "handoff":
        document = {"handoffs": rows, "next_cursor": found.after}
    else:
        document = {"insights": rows, "next_cursor": found.after}
    return Response.json(200, document)


def _get(call: Call, kind: str) -> Response:
    """Raises: MalformedJobId, DocumentNotFound."""
    missing = DocumentNotFound(f"There is no {kind} with this id: it is unknown, not finished, or expired.")
    try:
        job = call.engine.reader.get(call.org, call.params[f"{kind}_id"])
    except JobNotFound:
        raise missing from None
    if job.type != kind or job.status is not Status.COMPLETED:
        raise missing
    result = render_result(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))
    document: responses.FlowRelayArtifact = {**render_row(job), "result": result}
    return Response.json(200, document)


def find(reading: JobReader, org: str, kind: str, wanted: Paging) -> Page[Job]:
    """Return completed jobs of a kind, newest first: a page, or those in `PAGES` pages of the org's jobs."""
    found: list[Job] = []
    size, after = wanted.limit, wanted.cursor
    for _ in range(PAGES):
        page = reading.list_jobs(org, JobFilter(Status.COMPLETED, kind), size, after)
        found += page.entries
        size, after = MAX_PAGE, page.after
        if after is None or len(found) >= wanted.limit:
            break
    if len(found) > wanted.limit:
        return Page(found[: wanted.limit], found[wanted.limit - 1].job_id)
    return Page(found, after)
