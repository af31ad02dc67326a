"""moto's transactions, without a copy of the whole table for each part.

moto copies the table so that it can roll back. Here only the rows of the transaction are copied.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = tuple[dict[Any, Any], Any]


@contextmanager
def light_transactions() -> Iterator[None]:
    heavy = DynamoDBBackend.transact_write_items

    def light(backend: Any, parts: list[dict[str, Any]]) -> None:
        before = [(rows, key, deepcopy(rows.get(key))) for rows, key in _named(backend, parts)]
        try:
            heavy(backend, parts)
        except Exception:
            for rows, key, item in before:
                _put_back(rows, key, item)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DynamoDBBackend, "transact_write_items", light)
        patch.setattr(models, "copy", SimpleNamespace(deepcopy=_all_but_tables))
        yield


def _named(backend: Any, parts: list[dict[str, Any]]) -> Iterator[Row]:
    """Return the place of each row that a transaction names."""
    for part in parts:
        [asked] = part.values()
        key = asked.get("Key") or asked["Item"]
        table = backend.tables[asked["TableName"]]
        yield table.items[DynamoType(key["pk"])], DynamoType(key["sk"])


def _put_back(rows: dict[Any, Any], key: Any, item: Any) -> None:
    if item is None:
        rows.pop(key, None)
    else:
        rows[key] = item


def _all_but_tables(thing: Any) -> Any:
    return thing if isinstance(thing, Table) else deepcopy(thing)
