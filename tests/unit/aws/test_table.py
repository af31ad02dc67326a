"""Queries of the table read every page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from claimcheck.aws.dynamodb.table import Table

if TYPE_CHECKING:
    from claimcheck.aws.calls import Service

ROWS = [{"pk": {"S": "ORG#acme"}, "sk": {"S": sk}} for sk in ("NOTE#", "NOTE#a", "NOTE#b")]


class OneRowAPage:
    """A service whose queries return one row each."""

    client = SimpleNamespace(query=None)

    def call(self, operation: Any, **params: Any) -> dict[str, Any]:
        after = params.get("ExclusiveStartKey")
        row = ROWS[0 if after is None else ROWS.index(after) + 1]
        return {"Items": [row], **({} if row is ROWS[-1] else {"LastEvaluatedKey": row})}


def test_rows_of_reads_on_after_a_row_whose_sort_key_is_the_prefix() -> None:
    table = Table(cast("Service", OneRowAPage()), "jobs")

    found = table.rows_of({"S": "ORG#acme"}, "NOTE#")

    assert found == ROWS
