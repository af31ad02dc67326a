"""The job types that the how-tos of the clients run, with the handlers that these pages need."""

from __future__ import annotations

from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from claimcheck.authoring import File, FileRef, JobModel
from tests.kit.world import job_type

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


class Text(JobModel):
    text: Annotated[str, Field(min_length=1)]


class Statistics(JobModel):
    words: int
    sentences: int


class Table(JobModel):
    table: File


class Report(JobModel):
    report: FileRef


def count(given: Text, job: JobContext) -> Statistics:
    return Statistics(words=len(given.text.split()), sentences=given.text.count("."))


def report(given: Table, job: JobContext) -> Report:
    """Save a row for each column."""
    with job.open(given.table) as table:
        columns = table.read().decode().splitlines()[0].split(",")
    rows = "".join(f"{each}\n" for each in ("column", *columns))
    return Report(report=job.save("report.csv", BytesIO(rows.encode()), "text/csv"))


PARTS: dict[str, Any] = {
    "job_types": [
        job_type("text_statistics", input=Text, result=Statistics, typical=1),
        job_type("table_report", input=Table, result=Report),
    ],
    "handlers": {"text_statistics": count, "table_report": report},
    "timer": lambda duration: nullcontext(),
}
"""Parts of a `World`."""
