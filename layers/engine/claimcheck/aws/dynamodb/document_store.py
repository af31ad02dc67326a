"""The orgs' documents."""

from claimcheck.aws.dynamodb import rows
from claimcheck.aws.dynamodb.table import Table, name_of


class DynamoDBDocumentStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, org: str, kind: str, name: str, text: str) -> None:
        sk = {"S": f"{kind.upper()}#{name}"}
        self._table.call("put_item", Item=rows.org_key(org) | {"sk": sk, "document": {"S": text}})

    def find(self, org: str, kind: str, prefix: str = "") -> dict[str, str]:
        whole = f"{kind.upper()}#"
        items = self._table.rows_of(rows.org_key(org)["pk"], whole + prefix)
        return {name_of(item, whole): item["document"]["S"] for item in items}
