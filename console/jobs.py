"""The pages of jobs: the list, one job, and what a filter finds, cancelled or retried."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, StreamingResponse

from console.api import Refused
from console.timeline import PICTURES, files_in, timeline_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from console.visit import Pages, Visit

ACTIONS = ("cancel", "retry", "redeliver")
SELECTION = ("cancel", "retry")  # the actions on selected jobs
SELECTED = "job."  # before a job's id: the name of its checkbox
MOST_SELECTED = 100
AT_ONCE = 5  # requests
LAST_FAILURES = {"status": "failed", "limit": "5"}
PAUSES = (3, 15)  # seconds between two looks at a job
# Bytes. A function's response has at most 6 MB, in base64 (AWS Lambda Developer Guide, "Lambda quotas").
PASSED_ON = 4 * 1024 * 1024
RESULT_SHOWN = 20_000  # characters on the job's page


class Outcome(NamedTuple):
    """Of an action on a job: the job that it returned, or why it was refused."""

    job_id: str
    job: dict[str, Any] | None
    refusal: Refused | None


async def show_jobs(visit: Visit) -> Response:
    """List jobs; without filters, the last failures first."""
    filters = filters_in(visit, visit.request.query_params)
    query = parameters_of(filters) | visit.cursor
    asked = [visit.api.get("/v1/jobs", query)]
    if not query:
        asked.append(visit.api.get("/v1/jobs", LAST_FAILURES))
    found, *failed = await asyncio.gather(*asked)
    return visit.page(
        "jobs.html",
        jobs=found["jobs"],
        failed=failed[0]["jobs"] if failed else [],
        next_cursor=found["next_cursor"],
        filters=filters,
        first=not visit.cursor,
    )


def filters_in(visit: Visit, given: Mapping[str, str]) -> dict[str, str]:
    """Return those filters of the list that are given, by name."""
    names = [each["name"] for each in visit.description.filters()]
    return {name: given[name].strip() for name in names if given.get(name, "").strip()}


def parameters_of(filters: dict[str, str]) -> dict[str, str]:
    """Return filters as parameters of the list. Raises: Refused."""
    split = _split(filters)
    metadata = {f"metadata[{name}]": value for name, value in split.pop("metadata", {}).items()}
    return split | metadata


def _split(filters: dict[str, str]) -> dict[str, Any]:
    """Return filters with the metadata as an object. Raises: Refused unless it is like `name=value`."""
    if "metadata" not in filters:
        return dict(filters)
    name, equals, value = filters["metadata"].partition("=")
    if not (name and equals):
        raise Refused(422, "invalid_fields", "The filter metadata must be like name=value. Change it.")
    return filters | {"metadata": {name.strip(): value.strip()}}


async def show_job(visit: Visit) -> Response:
    path = f"/v1/jobs/{visit.quoted('job_id')}"
    answer, history = await asyncio.gather(visit.api.send("GET", path), visit.api.get(f"{path}/executions"))
    job = answer.json()
    deliveries = (await visit.api.get(f"{path}/deliveries"))["deliveries"] if job["callback"] else []
    possible = [
        each for each in _possible(job) if visit.description.offers("POST", f"/v1/jobs/{{job_id}}/{each}")
    ]
    return visit.page(
        "job.html",
        job=job,
        actions=possible,
        timeline=timeline_of(job, history["executions"], deliveries),
        files=files_in(job.get("result"), job["job_id"]),
        result_shown=RESULT_SHOWN,
        seconds=_pause(job, int(answer.headers.get("retry-after", "0"))),
    )


def _pause(job: dict[str, Any], asked: int) -> int:
    """Return the seconds until the page looks again, 0 for never. `asked` is what the API asks for."""
    shortest, longest = PAUSES
    if "ended_at" not in job:
        return min(max(asked, shortest), longest)
    return longest if job["callback"] and job["callback"]["status"] == "pending" else 0


def _possible(job: dict[str, Any]) -> list[str]:
    if "ended_at" not in job:
        return [] if job["cancel_requested_at"] else ["cancel"]
    retry = ["retry"] if job["status"] == "failed" and not job.get("retried_as") else []
    return retry + (["redeliver"] if job["callback"] else [])


async def change_job(visit: Visit) -> Response:
    """Do an action; its answer is the job to show: a retry's is the new one."""
    action = visit.param("action")
    if action not in ACTIONS:
        raise Refused(404, "not_found", "There is no such action.")
    job = await visit.api.post(f"/v1/jobs/{visit.quoted('job_id')}/{action}")
    return visit.go(f"/jobs/{job['job_id']}")


async def change_selected(visit: Visit) -> Response:
    """Do an action on each job that was selected, and show what became of each."""
    action = visit.form.get("action", "")
    selected = [name.removeprefix(SELECTED) for name in visit.form if name.startswith(SELECTED)]
    if action not in SELECTION:
        raise Refused(404, "not_found", "There is no such action.")
    if not 0 < len(selected) <= MOST_SELECTED:
        raise Refused(422, "invalid_fields", f"Select 1 to {MOST_SELECTED} jobs.")
    turns = asyncio.Semaphore(AT_ONCE)
    outcomes = await asyncio.gather(*(_outcome(visit, turns, action, job_id) for job_id in selected))
    return visit.page("selected.html", action=action, outcomes=outcomes)


async def _outcome(visit: Visit, turns: asyncio.Semaphore, action: str, job_id: str) -> Outcome:
    async with turns:
        try:
            job = await visit.api.post(f"/v1/jobs/{quote(job_id, safe='')}/{action}")
        except Refused as refusal:
            return Outcome(job_id, None, refusal)
    return Outcome(job_id, job, None)


async def download_result(visit: Visit) -> Response:
    return await _download(visit, f"/v1/jobs/{visit.quoted('job_id')}/result", "result.json")


async def download_file(visit: Visit) -> Response:
    job_id, token, name = map(visit.quoted, ("job_id", "token", "name"))
    return await _download(visit, f"/v1/jobs/{job_id}/files/{token}/{name}", visit.param("name"))


async def _download(visit: Visit, path: str, name: str) -> Response:
    """Pass on a file. Only a picture keeps its type, so that no browser shows anything else as a page.

    The browser gets a large one from the object store itself.
    """
    answer = await visit.api.download(path)
    if int(answer.headers.get("content-length", 0)) > PASSED_ON:
        await answer.aclose()
        return RedirectResponse(str(answer.url), 303)
    given = answer.headers.get("content-type", "")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Type": given if given in PICTURES else "application/octet-stream",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(answer.aiter_bytes(), headers=headers, background=BackgroundTask(answer.aclose))


async def start_bulk(visit: Visit, *, dry_run: bool) -> Response:
    """Do an action on each job that the filters match. A dry run counts what it would change."""
    filters, action = filters_in(visit, visit.form), visit.form.get("action", "")
    body = {"action": action, "filter": _split(filters), "dry_run": dry_run}
    job = await visit.api.post("/v1/bulk", body, visit.form.get("once", ""))
    if not dry_run:
        return visit.go(f"/jobs/{job['job_id']}")
    return visit.go("/bulk?" + urlencode(filters | {"action": action, "counted_by": job["job_id"]}))


async def show_count(visit: Visit) -> Response:
    """Show a dry run. Once it has ended, offer the action."""
    asked = visit.request.query_params
    job = await visit.api.get(f"/v1/jobs/{quote(asked.get('counted_by', ''), safe='')}")
    return visit.page(
        "bulk.html",
        job=job,
        action=asked.get("action", ""),
        filters=filters_in(visit, asked),
        once=job["job_id"],
    )


PAGES: Pages = (
    ("GET", "/jobs", show_jobs),
    ("POST", "/jobs/selected", change_selected),
    ("GET", "/jobs/{job_id}", show_job),
    ("GET", "/jobs/{job_id}/result", download_result),
    ("GET", "/jobs/{job_id}/files/{token}/{name}", download_file),
    ("POST", "/jobs/{job_id}/{action}", change_job),
    ("POST", "/bulk/count", partial(start_bulk, dry_run=True)),
    ("GET", "/bulk", show_count),
    ("POST", "/bulk", partial(start_bulk, dry_run=False)),
)
