"""The handler of `table_report`: the table is read as a stream, so memory does not grow with it."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from typing import TextIO

from apps.samples.job_types.table_report import MAX_COLUMNS, Input, Result
from claimcheck.authoring import Fail, JobContext

# Characters. Without a limit, a file without line breaks would be one line in memory.
MAX_LINE = 1_000_000
# Rows, about a tenth of a second.
REPORT_EVERY = 20_000
HEADER = ("column", "filled", "numbers", "minimum", "maximum", "total", "mean")


class Column:
    """The counts of a column."""

    __slots__ = ("filled", "maximum", "minimum", "name", "numbers", "total")

    def __init__(self, name: str) -> None:
        self.name = name
        self.filled = self.numbers = 0
        self.minimum, self.maximum = math.inf, -math.inf
        self.total = 0.0

    def add(self, field: str) -> None:
        if not field:
            return
        self.filled += 1
        try:
            number = float(field)
        except ValueError:
            return
        if math.isfinite(number):
            self.numbers += 1
            self.total += number
            self.minimum = min(self.minimum, number)
            self.maximum = max(self.maximum, number)

    @property
    def row(self) -> tuple[str | int | float, ...]:
        if not self.numbers:
            return self.name, self.filled, 0, "", "", "", ""
        mean = self.total / self.numbers
        return self.name, self.filled, self.numbers, self.minimum, self.maximum, self.total, mean


def handle(input: Input, job: JobContext) -> Result:
    rows = 0
    try:
        with io.TextIOWrapper(job.open(input.table), "utf-8-sig", newline="") as text:
            reader = csv.reader(_lines(text), delimiter=input.delimiter, strict=True)
            columns = _columns(next(reader, []))
            for rows, fields in enumerate(reader, 1):
                if len(fields) > len(columns):
                    raise _invalid(reader.line_num, "has more fields than the header")
                # A row can end before the last columns.
                for column, field in zip(columns, fields, strict=False):
                    column.add(field)
                if rows % REPORT_EVERY == 0:
                    job.progress(rows, message="rows read")
    except csv.Error as error:
        raise _invalid(reader.line_num, str(error)) from error
    except UnicodeDecodeError as error:
        raise Fail("invalid_table", "The table is not UTF-8: save it in this encoding.") from error
    report = job.save("report.csv", _report(columns), "text/csv; charset=utf-8")
    return Result(rows=rows, columns=len(columns), report=report)


def _lines(text: TextIO) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(MAX_LINE), ""), 1):
        if len(line) == MAX_LINE:
            raise _invalid(number, f"has {MAX_LINE:,} characters or more")
        yield line


def _columns(names: list[str]) -> list[Column]:
    if not names:
        raise Fail("invalid_table", "The table is empty: its first line must name the columns.")
    if len(names) > MAX_COLUMNS:
        problem = f"The table has {len(names):,} columns: at most {MAX_COLUMNS:,} are allowed."
        raise Fail("invalid_table", problem)
    return [Column(name) for name in names]


def _report(columns: Iterable[Column]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(column.row for column in columns)
    return text.getvalue().encode()


def _invalid(line: int, problem: str) -> Fail:
    return Fail("invalid_table", f"Line {line:,} of the table {problem}.")
