"""The one table: what every call to it shares, and how it refuses."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from claimcheck.aws.calls import cancellation_reasons, code_of

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from claimcheck.aws.calls import Service
    from claimcheck.aws.dynamodb.rows import Item

REFUSED = "ConditionalCheckFailedException"
# Amazon DynamoDB API Reference, TransactWriteItems, "ClientRequestToken".
TOKEN_LENGTH = 36


class Table:
    """The service and a table's name; what every call to it shares."""

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
        """All parts or none. Raises: Unavailable, ClientError."""
        self.service.call(self.client.transact_write_items, **self.transaction(parts))

    def transaction(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        """The same parts again are the same transaction, which has its effect once; others are another."""
        said = json.dumps(parts, sort_keys=True).encode()
        token = hashlib.sha256(said).hexdigest()[:TOKEN_LENGTH]
        return {"TransactItems": parts, "ClientRequestToken": token}

    def rows_of(
        self, pk: Item, prefix: str, newest: int | None = None, before: str | None = None
    ) -> list[Item]:
        """A partition's rows whose sort key begins so, in its order; or only so many of the newest, of
        those before the sort key `before`."""
        limited: dict[str, Any] = {} if newest is None else {"ScanIndexForward": False, "Limit": newest}
        if before is not None:
            limited["ExclusiveStartKey"] = {"pk": pk, "sk": {"S": before}}
        asked = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": {":pk": pk, ":sk": {"S": prefix}},
            "ConsistentRead": True,
            **limited,
        }
        answer = self.call("query", **asked)
        found: list[Item] = answer["Items"]
        while newest is None and "LastEvaluatedKey" in answer:
            answer = self.call("query", **asked, ExclusiveStartKey=answer["LastEvaluatedKey"])
            found += answer["Items"]
        return found

    def put(self, item: Item, condition: str, values: Item | None = None) -> dict[str, Any]:
        """A conditional put, for `put_item` or a transaction; a refusal brings the item that stands."""
        put = {
            "TableName": self.name,
            "Item": item,
            "ConditionExpression": condition,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return put | ({"ExpressionAttributeValues": values} if values else {})


def refused_by(error: ClientError) -> Item | None:
    """The item that refused a conditional write, or None if it is not there. Re-raises other errors."""
    if code_of(error) != REFUSED:
        raise error
    item: Item | None = error.response.get("Item")  # type: ignore[assignment]
    return item


def refusals(error: ClientError) -> list[Item | None]:
    """For each part of a cancelled transaction None, or the item that refused it (empty if it is not
    there). Re-raises what is no refused condition."""
    reasons = cancellation_reasons(error)
    refused = [
        (reason.get("Item") or {}) if reason.get("Code") == "ConditionalCheckFailed" else None
        for reason in reasons
    ]
    if all(item is None for item in refused):
        raise error
    return refused
