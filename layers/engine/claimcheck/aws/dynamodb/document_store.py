"""The orgs' documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.aws.dynamodb import rows

if TYPE_CHECKING:
    from claimcheck.aws.dynamodb.table import Table


class DynamoDBDocumentStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, org: str, kind: str, name: str, text: str) -> None:
        self._table.call("put_item", Item=rows.document_item(org, kind, name, text))

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        items = self._table.rows_of(rows.org_key(org)["pk"], rows.document_sk(kind, prefix))
        return dict(rows.document_of(item) for item in items)
