"""DynamoDB's consumed capacity, computed from the items of requests.

The rules are AWS's (Amazon DynamoDB Developer Guide, unless a section names another guide), so they and an
emulator's figures can be checked against each other. This module does not depend on Claimcheck's table.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

# Bytes per write unit, and per strongly consistent read unit ("DynamoDB read and write operations"). A KB is
# 1,024 bytes ("Constraints in Amazon DynamoDB").
WRITE_UNIT = 1024
READ_UNIT = 4096
# A transaction writes every item twice, to prepare and to commit. Indexes are updated after it ("Amazon
# DynamoDB Transactions: How it works"), so their writes are not doubled: the guide does not say so, but
# DynamoDB's responses show it (github.com/paritysuite/dynamodb-conformance measures them on AWS).
TRANSACTION = 2
READS = ("GetItem", "BatchGetItem")
# Overhead of a list or map, in bytes; each element adds one.
CONTAINER = 3


class Consumed(NamedTuple):
    """Request units, as DynamoDB bills them on demand."""

    read: float = 0.0
    written: float = 0.0

    @classmethod
    def total(cls, parts: Iterable[Consumed]) -> Consumed:
        each = list(parts)
        return cls(sum(part.read for part in each), sum(part.written for part in each))


@dataclass(frozen=True, slots=True)
class Index:
    """`projected` are the attributes besides its keys, or None for all."""

    keys: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, table_keys: tuple[str, ...], item: Item | None) -> Item | None:
        """Return what the index stores of an item, or None if it lacks a key."""
        if item is None or not all(key in item for key in self.keys):
            return None
        if self.projected is None:
            return item
        kept = self.projected.union(self.keys, table_keys)
        return {name: value for name, value in item.items() if name in kept}


@dataclass(frozen=True, slots=True)
class Schema:
    keys: tuple[str, ...]
    indexes: tuple[Index, ...] = ()

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Schema:
        """Read a table's description from `DescribeTable`, or from `CreateTable`."""
        secondary = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        declared = chain.from_iterable(described.get(kind) or [] for kind in secondary)
        return cls(_names(described), tuple(_index(each) for each in declared))

    def key_of(self, item: Item) -> Item:
        return {name: item[name] for name in self.keys}


def item_size(item: Item) -> int:
    """Return an item's size in bytes ("DynamoDB item sizes and formats")."""
    return sum(_length(name) + _value_size(value) for name, value in item.items())


def read_units(item: Item | None, *, consistent: bool) -> float:
    """Return the units of reading one item by its key. A missing item costs as much as a small one ("Capacity
    unit consumption for read operations")."""
    units = _started(item_size(item or {}), READ_UNIT)
    return units if consistent else units / 2


def write_units(schema: Schema, before: Item | None, after: Item | None, *, transactional: bool) -> float:
    """Return the units of one write, by the larger of the old and the new item. A refused write costs by the
    old one ("Capacity unit consumption for write operations")."""
    size = max(item_size(before or {}), item_size(after or {}))
    units = _started(size, WRITE_UNIT) * (TRANSACTION if transactional else 1)
    return units + sum(_index_units(schema, index, before, after) for index in schema.indexes)


def _index_units(schema: Schema, index: Index, before: Item | None, after: Item | None) -> float:
    """Return 0 for an unchanged entry, one write to create, delete or change it, and two to change its key
    ("Using Global Secondary Indexes in DynamoDB", "Write capacity units")."""
    old, new = index.entry(schema.keys, before), index.entry(schema.keys, after)
    if old == new:
        return 0.0
    sizes = [_started(item_size(entry), WRITE_UNIT) for entry in (old, new) if entry is not None]
    moved = old is not None and new is not None and any(old[key] != new[key] for key in index.keys)
    return sum(sizes) if moved else max(sizes)


class Gauge:
    """Computes the units of a request: call `touched` before and after it, then `consumed`.

    `client` reads the tables and the items.
    """

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client
        self._schemas: dict[str, Schema] = {}

    def knows(self, operation: str) -> bool:
        return operation in PARTS

    def touched(self, operation: str, params: Mapping[str, Any]) -> list[Item | None]:
        """Return the current items that a request names. Raises: KeyError for an unknown operation."""
        return [self._read(part) for part in PARTS[operation](params)]

    def consumed(
        self,
        operation: str,
        params: Mapping[str, Any],
        before: list[Item | None],
        after: list[Item | None],
    ) -> Consumed:
        if operation in READS:
            found = zip(PARTS[operation](params), before, strict=True)
            return Consumed(
                read=sum(
                    read_units(item, consistent=bool(part.get("ConsistentRead"))) for part, item in found
                )
            )
        parts = zip(PARTS[operation](params), before, after, strict=True)
        transactional = operation == "TransactWriteItems"
        return Consumed(
            written=sum(
                write_units(self._schema(part), old, new, transactional=transactional)
                for part, old, new in parts
            )
        )

    def _read(self, part: Mapping[str, Any]) -> Item | None:
        key = part["Key"] if "Key" in part else self._schema(part).key_of(part["Item"])
        answer = self._client.get_item(TableName=part["TableName"], Key=key, ConsistentRead=True)
        return dict(answer["Item"]) if "Item" in answer else None

    def _schema(self, part: Mapping[str, Any]) -> Schema:
        name = part["TableName"]
        if name not in self._schemas:
            self._schemas[name] = Schema.of(self._client.describe_table(TableName=name)["Table"])
        return self._schemas[name]


def _alone(params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [params]


def _each(params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for action in params["TransactItems"] for part in action.values()]


def _keys(params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        {"TableName": table, "Key": key, "ConsistentRead": asked.get("ConsistentRead")}
        for table, asked in params["RequestItems"].items()
        for key in asked["Keys"]
    ]


# How each known request names its items.
PARTS: dict[str, Callable[[Mapping[str, Any]], list[Mapping[str, Any]]]] = {
    "GetItem": _alone,
    "BatchGetItem": _keys,
    "PutItem": _alone,
    "UpdateItem": _alone,
    "DeleteItem": _alone,
    "TransactWriteItems": _each,
}


def _started(size: int, unit: int) -> float:
    """Return the number of units, at least one: reading a missing item costs one too."""
    return float(max(-(-size // unit), 1))


def _names(described: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in described["KeySchema"])


def _index(described: Mapping[str, Any]) -> Index:
    projection = described["Projection"]
    every = projection["ProjectionType"] == "ALL"
    return Index(_names(described), None if every else frozenset(projection.get("NonKeyAttributes", ())))


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    return SIZES[kind](content)


def _length(text: str) -> int:
    return len(text.encode())


def _number_size(number: str) -> int:
    """Return one byte, plus one per two significant digits."""
    digits = re.sub(r"[eE].*|[^0-9]", "", number).strip("0")
    return 1 + (len(digits) + 1) // 2


def _bytes_size(content: bytes | str) -> int:
    """Return the size of bytes, which the wire encodes as base64."""
    return len(b64decode(content) if isinstance(content, str) else content)


def _list_size(values: list[Item]) -> int:
    return CONTAINER + sum(1 + _value_size(value) for value in values)


def _map_size(values: Item) -> int:
    return CONTAINER + len(values) + item_size(values)


SIZES: dict[str, Callable[[Any], int]] = {
    "S": _length,
    "N": _number_size,
    "B": _bytes_size,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list_size,
    "M": _map_size,
    "SS": lambda values: sum(map(_length, values)),
    "NS": lambda values: sum(map(_number_size, values)),
    "BS": lambda values: sum(map(_bytes_size, values)),
}
