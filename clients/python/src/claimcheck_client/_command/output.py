"""The output of the commands, for people and for programs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from claimcheck_client import Delivery, Execution, Flow, Job, JobDocument, JobError, Schedule
    from claimcheck_client._documents import FlowRate, ScheduleError

STYLES = {"completed": "green", "failed": "red", "processing": "yellow", "pending": "dim"}


def printable(text: str) -> str:
    """Escape characters that a terminal could take for a command: jobs can contain anything."""
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def show_json(document: Any) -> None:
    typer.echo(printable(json.dumps(document, ensure_ascii=False, indent=2)))


def show_line(text: str) -> None:
    typer.echo(printable(text))


def show(document: Any, as_json: bool, *lines: str) -> None:
    """Print a document for a program, or lines for a person."""
    if as_json:
        show_json(document)
        return
    for line in lines:
        show_line(line)


def show_error(text: str) -> None:
    typer.echo(printable(text), err=True)


def show_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print rows. Ids and times, which come first, are never cut. A cell that is a status has its colour."""
    first, *others = columns
    table = Table(Column(first, no_wrap=True), *others, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(printable(cell), STYLES.get(cell, "")) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = 1000  # lines in a pipe are as long as their content
    console.print(table)


def show_job(job: Job, as_json: bool) -> None:
    asked = "" if job.ended or not job.document["cancel_requested_at"] else ", to be cancelled"
    show(job.document, as_json, f"{job.id}  {job.type}  {job.status}{asked}")


def show_jobs(jobs: list[Job], as_json: bool) -> None:
    if as_json:
        show_json([job.document for job in jobs])
        return
    show_table(
        ("job", "type", "status", "created", "error"),
        (
            (job.id, job.type, job.status, _short(job.document["created_at"]), _reason(job.error))
            for job in jobs
        ),
    )


def show_schedules(schedules: list[Schedule]) -> None:
    show_table(
        ("schedule", "type", "when", "next run", "last error"),
        (
            (
                each["name"],
                each["type"],
                f"{each['cron']} {each['timezone']}" if each["cron"] else f"every {each['rate']}",
                "paused" if each["paused"] else _short(each["next_run_at"]),
                _reason(each["last_error"]),
            )
            for each in schedules
        ),
    )


def show_flows(flows: list[Flow]) -> None:
    """Print flows. Only one that was read alone has the numbers of its jobs."""
    show_table(
        ("flow", "at once", "rate", "max waiting", "state", "running", "waiting"),
        (
            (
                each["name"],
                str(each["concurrency"]),
                _rate(each["rate"]),
                str(each["max_waiting"] or ""),
                "paused" if each["paused"] else "active",
                str(each.get("running", "")),
                str(each.get("waiting", "")),
            )
            for each in flows
        ),
    )


def _rate(rate: FlowRate | None) -> str:
    return f"{rate['starts']} in {rate['per_seconds']} s" if rate else ""


def show_timeline(document: JobDocument, executions: list[Execution], deliveries: list[Delivery]) -> None:
    show_line(f"{document['job_id']}  {document['type']}  {document['status']}")
    for name, value in document["metadata"].items():
        show_line(f"{name}={value}")
    if progress := document["progress"]:
        show_line(f"{progress['done']} of {progress['total'] or '?'} {progress['message'] or ''}")
    events = timeline(document, executions, deliveries)
    show_table(("time", "event", ""), ((_short(time), event, more) for time, event, more in events))


def timeline(
    document: JobDocument, executions: list[Execution], deliveries: list[Delivery]
) -> list[tuple[str, str, str]]:
    """Return the time, the event and the details of all that happened, and of what is planned."""
    events: list[tuple[str | None, str, str]] = [(document["created_at"], "submitted", "")]
    if document["run_at"] > document["created_at"]:
        events.append((document["run_at"], "planned start", ""))
    for each in reversed(executions):
        late = f", {each['lateness_ms']} ms late" if each["lateness_ms"] else ""
        events.append((each["started_at"], f"execution {each['number']}", f"attempt {each['attempt']}{late}"))
        events.append((each["ended_at"], each["outcome"], _reason(each["error"])))
    events.append((document["cancel_requested_at"], "cancel requested", ""))
    if "ended_at" in document and not (executions and executions[0]["ended_at"] == document["ended_at"]):
        events.append((document["ended_at"], document["status"], _reason(document.get("error"))))
    for sent in reversed(deliveries):
        answer = "no answer yet" if sent["status"] is None else f"answered {sent['status']}"
        events.append((sent["started_at"], f"callback {sent['number']}", _reason(sent["error"]) or answer))
    if callback := document["callback"]:
        events.append((callback["next_try_at"], "next callback", callback["url"] or "default"))
    events.append((document.get("expires_at"), "expires", ""))
    # Times have one format, so their texts are in the order of the times.
    return sorted(((time, event, more) for time, event, more in events if time), key=lambda each: each[0])


def _reason(error: JobError | ScheduleError | None) -> str:
    return f"{error['code']}: {error['message']}" if error else ""


def _short(time: str | None) -> str:
    """Return a time in UTC without its zone and milliseconds."""
    return time[:19].replace("T", " ") if time else ""


def follow(job: Job, timeout: float | None) -> None:
    """Wait for a job, and show its progress to a person. Raises: WaitTimeout."""
    with _progress() as bar:
        task = bar.add_task(job.status, total=None)
        for update in job.updates(timeout):
            progress = update.progress
            bar.update(
                task,
                description=Text(printable((progress and progress["message"]) or update.status)).markup,
                total=progress and progress["total"],
                completed=progress["done"] if progress else 0,
            )


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file, and show a person how much of it was read."""
    with _progress() as bar, bar.open(path, "rb", description=Text(printable(path.name)).markup) as file:
        yield file


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
