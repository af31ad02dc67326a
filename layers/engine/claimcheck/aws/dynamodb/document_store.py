"""The orgs' documents.

Secrets have partitions of their own, which few roles may read. Before 0.2 they were among the others.
"""

from claimcheck.aws.dynamodb import rows
from claimcheck.aws.dynamodb.table import Table, name_of

KEPT_APART = "secret"


class DynamoDBDocumentStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, org: str, kind: str, name: str, text: str) -> None:
        sk = {"S": f"{kind.upper()}#{name}"}
        self._table.call("put_item", Item={"pk": _partition(org, kind), "sk": sk, "document": {"S": text}})

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        whole = f"{kind.upper()}#"
        items = self._table.rows_of(_partition(org, kind), whole + prefix)
        if not items and kind == KEPT_APART:
            items = self._table.rows_of(rows.org_key(org)["pk"], whole + prefix)
        return {name_of(item, whole): item["document"]["S"] for item in items}


def _partition(org: str, kind: str) -> rows.Item:
    pk: rows.Item = {"S": f"SECRET#{org}"} if kind == KEPT_APART else rows.org_key(org)["pk"]
    return pk
