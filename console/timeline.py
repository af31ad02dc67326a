"""The history of one job, as events in the order of their times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Event(NamedTuple):
    """`tone` is `good`, `bad` or empty."""

    at: str
    what: str
    details: str = ""
    tone: str = ""


def timeline_of(
    job: dict[str, Any], executions: list[dict[str, Any]], deliveries: list[dict[str, Any]]
) -> list[Event]:
    """Return the events of a job, oldest first. Times of the API sort as texts."""
    events = [Event(job["created_at"], "Submitted")]
    if job["run_at"] > job["created_at"]:
        events.append(Event(job["run_at"], "May start"))
    for each in executions:
        events += _execution(each)
    if job["cancel_requested_at"]:
        events.append(Event(job["cancel_requested_at"], "Cancel requested"))
    if job["status"] == "completed":
        events.append(Event(job["ended_at"], "Completed", "", "good"))
    if job["status"] == "failed":
        events.append(Event(job["ended_at"], "Failed", job["error"]["code"], "bad"))
    events += [_delivery(each) for each in deliveries]
    if (job["callback"] or {}).get("next_try_at"):
        events.append(Event(job["callback"]["next_try_at"], "Next delivery of the callback"))
    events.append(
        Event(job["expires_at"], "Expires") if "ended_at" in job else Event(job["deadline"], "Deadline")
    )
    return sorted(events, key=lambda event: event.at)


def _execution(execution: dict[str, Any]) -> Iterator[Event]:
    name = f"Attempt {execution['attempt']}"
    if execution["number"] != execution["attempt"]:
        name += f", execution {execution['number']}"
    late = execution["lateness_ms"]
    yield Event(
        execution["started_at"], f"{name} started", f"{duration(late)} after its time" if late else ""
    )
    if execution["ended_at"]:
        error = execution["error"]
        details = f"{error['code']}: {error['message']}" if error else ""
        tone = "bad" if error else ""
        yield Event(execution["ended_at"], f"{name} ended: {execution['outcome']}", details, tone)


def _delivery(delivery: dict[str, Any]) -> Event:
    at, what, error = delivery["started_at"], f"Callback, delivery {delivery['number']}", delivery["error"]
    if delivery["duration_ms"] is None:
        return Event(at, what, "no answer yet")
    details = f"{error['code']}: {error['message']}" if error else f"answered with {delivery['status']}"
    took = f"{details}, after {duration(delivery['duration_ms'])}"
    return Event(at, what, took, "bad" if error else "good")


def duration(milliseconds: int) -> str:
    """Return a duration in the unit that fits."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


class File(NamedTuple):
    name: str
    size: int
    path: str
    is_picture: bool


def files_in(result: Any, job_id: str) -> list[File]:
    """Return the files that a result names, anywhere in it: only those of this job."""
    if isinstance(result, list):
        return [file for each in result for file in files_in(each, job_id)]
    if not isinstance(result, dict):
        return []
    url = result.get("url")
    is_file = result.keys() >= {"name", "size", "content_type"} and isinstance(result["size"], int)
    if is_file and isinstance(url, str) and url.startswith(f"/v1/jobs/{job_id}/files/"):
        picture = result["content_type"] in PICTURES
        return [File(str(result["name"]), result["size"], url.removeprefix("/v1"), picture)]
    return [file for each in result.values() for file in files_in(each, job_id)]
