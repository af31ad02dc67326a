"""The table: the common part of all calls, and its refusals."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from claimcheck.aws.calls import Service, cancellation_reasons, code_of, is_conflict
from claimcheck.aws.dynamodb.rows import Item

REFUSED = "ConditionalCheckFailedException"
# Amazon DynamoDB API Reference, TransactWriteItems, "ClientRequestToken".
TOKEN_LENGTH = 36


def worked(item: Item) -> None:
    """Say of a refused part that an earlier try of the same write has worked."""


class Part(NamedTuple):
    """A part of a write, and what it means if its condition is refused.

    `refusal` makes the error from the stored item, which is empty if there is no item; or it returns None if
    an earlier try of the same write has worked.
    """

    write: dict[str, Any]
    refusal: Callable[[Item], Exception | None] = worked


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

    def write(
        self, parts: list[Part], *, once: bool = False, contended: type[Exception] | None = None
    ) -> None:
        """Write all parts or none, by `Service.call`, or by `call_once`.

        Raises: the error of the first refused part; Unavailable, OutcomeUnknown, ClientError. A conflict with
        another transaction is retried, or raises `contended`.
        """
        call = self.service.call_once if once else self.service.call
        writes = [part.write for part in parts]
        try:
            if len(writes) == 1:
                call(self.client.put_item, **writes[0]["Put"])
            else:
                # The token depends on the parts, so a repeat has no second effect.
                token = hashlib.sha256(json.dumps(writes, sort_keys=True).encode()).hexdigest()
                call(
                    self.client.transact_write_items,
                    TransactItems=writes,
                    ClientRequestToken=token[:TOKEN_LENGTH],
                    **({} if contended is None else {"stop_at_conflict": True}),
                )
        except ClientError as error:
            if contended is not None and is_conflict(error):
                raise contended from error
            refused = zip(parts, _refusals(error), strict=True)
            # If the first one says that an earlier try has worked, that try is why the others are refused.
            first = next(part.refusal(item) for part, item in refused if item is not None)
            if first is not None:
                raise first from error

    def query(self, pk: Item, prefix: str, after: str | None = None, **more: Any) -> Any:
        """Return a page of a partition's rows whose sort key starts with `prefix`.

        `after` is the rest of the sort key of the row before the page.
        """
        start = {} if after is None else {"ExclusiveStartKey": {"pk": pk, "sk": {"S": prefix + after}}}
        return self.call("query", **_within(pk, prefix), **start, **more)

    def newest(self, pk: Item, prefix: str, limit: int, after: str | None = None) -> list[Item]:
        """Return the last `limit` rows of `query`, last first."""
        found: list[Item] = self.query(pk, prefix, after, ScanIndexForward=False, Limit=limit)["Items"]
        return found

    def rows_of(self, pk: Item, prefix: str) -> list[Item]:
        return [item for page in self.pages("query", **_within(pk, prefix)) for item in page]

    def pages(self, operation: str, **params: Any) -> Iterator[list[Item]]:
        """Yield the rows of a query or a scan, page by page."""
        start: dict[str, Any] = {}
        while True:
            answer = self.call(operation, **params, **start)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put(self, item: Item, condition: str | None = None, values: Item | None = None) -> dict[str, Any]:
        """Return the write of a put, on a condition if there is one. A refusal returns the stored item."""
        return {"Put": {"TableName": self.name, "Item": item, **_conditional(condition, values)}}

    def delete(self, key: Item, condition: str | None = None, values: Item | None = None) -> dict[str, Any]:
        """Return the write of a deletion, as `put` does."""
        return {"Delete": {"TableName": self.name, "Key": key, **_conditional(condition, values)}}

    def update(self, key: Item, change: str, values: Item, condition: str | None = None) -> dict[str, Any]:
        """Return the write of an update, as `put` does."""
        written = {"TableName": self.name, "Key": key, "UpdateExpression": change}
        return {"Update": written | _conditional(condition, values)}

    def change(self, operation: str, key: Item, condition: str, values: Item, **more: Any) -> Item | None:
        """Update or delete a row on a condition.

        Return None, or the item that refused it, which is empty if it does not exist.
        """
        try:
            self.call(operation, Key=key, **_conditional(condition, values), **more)
        except ClientError as error:
            return refused_by(error)
        return None


def _within(pk: Item, prefix: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
        "ExpressionAttributeValues": {":pk": pk, ":sk": {"S": prefix}},
        "ConsistentRead": True,
    }


def _conditional(condition: str | None, values: Item | None) -> dict[str, Any]:
    params: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
    if condition is not None:
        params["ConditionExpression"] = condition
        params["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return params


def name_of(item: Item, prefix: str) -> str:
    return str(item["sk"]["S"].removeprefix(prefix))


def last_of(answer: Any, prefix: str) -> str | None:
    """Return the name of a page's last row, or None if no page follows."""
    last = answer.get("LastEvaluatedKey")
    return last and name_of(last, prefix)


def refused_by(error: ClientError) -> Item:
    """Return the item that refused a conditional write, empty if it does not exist. Raises: other errors."""
    if code_of(error) != REFUSED:
        raise error
    item: Item = error.response.get("Item") or {}  # type: ignore[assignment]
    return item


def _refusals(error: ClientError) -> list[Item | None]:
    """Return for each part of a refused write the item that refused it, or None.

    The item is empty if it does not exist. Raises: errors without a refused condition.
    """
    reasons = cancellation_reasons(error)
    if not reasons:
        return [refused_by(error)]
    refused = [
        (reason.get("Item") or {}) if reason.get("Code") == "ConditionalCheckFailed" else None
        for reason in reasons
    ]
    if all(item is None for item in refused):
        raise error
    return refused
