"""The table: the common part of all calls, and its refusals."""

import hashlib
import json
from typing import Any

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, cancellation_reasons, code_of
from claimcheck.aws.dynamodb.rows import Item

REFUSED = "ConditionalCheckFailedException"
# Amazon DynamoDB API Reference, TransactWriteItems, "ClientRequestToken".
TOKEN_LENGTH = 36


class Table:
    def __init__(self, service: Service, name: str) -> None:
        self.service = service
        self.client = service.client
        self.name = name

    def call(self, operation: str, **params: Any) -> Any:
        """Raises: Unavailable, ClientError."""
        return self.service.call(getattr(self.client, operation), TableName=self.name, **params)

    def get(self, key: Item) -> Item | None:
        item: Item | None = self.call("get_item", Key=key, ConsistentRead=True).get("Item")
        return item

    def transact(self, parts: list[dict[str, Any]]) -> None:
        """Write all parts or none. Raises: Unavailable, ClientError."""
        self.service.call(self.client.transact_write_items, **self.transaction(parts))

    def transaction(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the parameters. The token depends on the parts, so a repeat has no second effect."""
        said = json.dumps(parts, sort_keys=True).encode()
        token = hashlib.sha256(said).hexdigest()[:TOKEN_LENGTH]
        return {"TransactItems": parts, "ClientRequestToken": token}

    def query(self, pk: Item, prefix: str, after: str | None = None, **more: Any) -> Any:
        """Return a page of a partition's rows whose sort key starts with `prefix`.

        `after` is the rest of the sort key of the row before the page.
        """
        start = {} if after is None else {"ExclusiveStartKey": {"pk": pk, "sk": {"S": prefix + after}}}
        return self.call(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": pk, ":sk": {"S": prefix}},
            ConsistentRead=True,
            **start,
            **more,
        )

    def newest(self, pk: Item, prefix: str, limit: int, after: str | None = None) -> list[Item]:
        """Return the last `limit` rows of `query`, last first."""
        found: list[Item] = self.query(pk, prefix, after, ScanIndexForward=False, Limit=limit)["Items"]
        return found

    def rows_of(self, pk: Item, prefix: str) -> list[Item]:
        answer = self.query(pk, prefix)
        found: list[Item] = answer["Items"]
        while (last := last_of(answer, prefix)) is not None:
            answer = self.query(pk, prefix, last)
            found += answer["Items"]
        return found

    def put(self, item: Item, condition: str, values: Item | None = None) -> dict[str, Any]:
        """Return a conditional put, for `put_item` or a transaction. A refusal returns the stored item."""
        put = {
            "TableName": self.name,
            "Item": item,
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return put | ({"ExpressionAttributeValues": values} if values else {})


def name_of(item: Item, prefix: str) -> str:
    return str(item["sk"]["S"].removeprefix(prefix))


def last_of(answer: Any, prefix: str) -> str | None:
    """Return the name of a page's last row, or None if no page follows."""
    last = answer.get("LastEvaluatedKey")
    return last and name_of(last, prefix)


def refused_by(error: ClientError) -> Item | None:
    """Return the item that refused a conditional write, None if it does not exist. Raises: other errors."""
    if code_of(error) != REFUSED:
        raise error
    item: Item | None = error.response.get("Item")  # type: ignore[assignment]
    return item


def refusals(error: ClientError) -> list[Item | None]:
    """Return for each part of a cancelled transaction the item that refused it, or None.

    The item is empty if it does not exist. Raises: errors without a refused condition.
    """
    reasons = cancellation_reasons(error)
    refused = [
        (reason.get("Item") or {}) if reason.get("Code") == "ConditionalCheckFailed" else None
        for reason in reasons
    ]
    if all(item is None for item in refused):
        raise error
    return refused
