from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from pydantic import ValidationError

from apps.samples.handlers import table_report
from apps.samples.handlers.table_report import HEADER, MAX_LINE, handle
from apps.samples.job_types.table_report import MAX_COLUMNS, MAX_TABLE_BYTES, Input
from claimcheck.authoring import Fail, File
from claimcheck.testing import RecordingContext

TABLE = "item,price,note\ncoat,30,\nhat,12.5,felt\nglove,nan\n"


def report(table: str | bytes, **asked: Any) -> tuple[int, int, list[list[str]]]:
    """Return the rows and columns of a table, and its report."""
    data = table if isinstance(table, bytes) else table.encode()
    context = RecordingContext()
    result = handle(Input(table=File.of(data), **asked), context)
    assert result.report.name == "report.csv"
    rows = list(csv.reader(io.StringIO(context.files["report.csv"].decode(), newline="")))
    assert rows[0] == list(HEADER)
    return result.rows, result.columns, rows[1:]


def test_each_column_has_a_row_with_what_was_counted() -> None:
    assert report(TABLE) == (
        3,
        3,
        [
            ["item", "3", "0", "", "", "", ""],
            ["price", "3", "2", "12.5", "30.0", "42.5", "21.25"],
            ["note", "1", "0", "", "", "", ""],
        ],
    )


def test_a_table_of_a_spreadsheet_is_read() -> None:
    """With a byte order mark, semicolons, and line breaks within a field."""
    table = b"\xef\xbb\xbf" + 'na\u00efve;"two\r\nlines"\r\n1;"a;b"\r\n'.encode()

    rows, _, columns = report(table, delimiter=";")

    assert rows == 1
    assert [each[0] for each in columns] == ["na\u00efve", "two\r\nlines"]


@pytest.mark.parametrize("table", ["a,b", "a,b\n", "a,b\r\n"])
def test_a_table_can_have_no_rows(table: str) -> None:
    assert report(table)[:2] == (0, 2)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("\n", "is empty"),
        ("a\n1,2\n", "Line 2 of the table has more fields"),
        ('a\n"open', "Line 2 of the table unexpected end of data"),
        ('a\n"x"y\n', "Line 2 of the table"),
        (b"a\n\xff\n", "not UTF-8"),
        ("a\n" + "x" * MAX_LINE, "Line 2 of the table has 1,000,000 characters"),
        ("a\n" + "x" * 200_000 + "\n", "field larger than field limit"),
        ("," * MAX_COLUMNS, "at most 1,000"),
    ],
)
def test_what_is_no_table_fails_with_its_line(table: str | bytes, problem: str) -> None:
    with pytest.raises(Fail, match=problem) as failed:
        report(table)

    assert failed.value.code == "invalid_table"


def test_progress_is_shown_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_report, "REPORT_EVERY", 2)
    context = RecordingContext()

    handle(Input(table=File.of(b"a\n1\n2\n3\n4\n5\n")), context)

    assert context.reported == [(2, None, "rows read"), (4, None, "rows read")]


def test_a_table_has_at_most_200_megabytes() -> None:
    with pytest.raises(ValidationError, match="at most 200,000,000 are allowed"):
        Input(table=File(MAX_TABLE_BYTES + 1))


def test_the_declared_example_is_a_table() -> None:
    (example,) = Input.model_fields["table"].examples or []

    result = handle(Input.model_validate({"table": example}), RecordingContext())

    assert (result.rows, result.columns) == (2, 2)
