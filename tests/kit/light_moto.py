"""moto with less work.

- For each part of a transaction it copies the table, so that it can roll back. Here only the rows of the
  transaction are copied.
- For each query it sorts the table. Here it sorts what it finds, and of a table it looks at one partition.
- For each call it lists its methods, and for each value it tries the names that it could have. Here methods
  are listed once, and DynamoDB's values have the name that is asked for.
- Each session of the SDK reads the descriptions of services. Here they are read once.
- To count its messages a queue asks for the time by way of a date, for each message. Here it reads the clock.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from time import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import create_loader
from moto.core import responses
from moto.core.serialize import ResponseSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from claimcheck.domain.job import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = tuple[dict[Any, Any], Any]

methods_of = cache(method_names_from_class)
descriptions: dict[Any, Any] = {}


@contextmanager
def light_moto() -> Iterator[None]:
    heavy, query = DynamoDBBackend.transact_write_items, Table.query
    search = ResponseSerializer.get_value

    def light(backend: Any, parts: list[dict[str, Any]]) -> None:
        before = [(rows, key, deepcopy(rows.get(key))) for rows, key in _named(backend, parts)]
        try:
            heavy(backend, parts)
        except Exception:
            for rows, key, item in before:
                _put_back(rows, key, item)
            raise

    def query_partition(table: Any, hash_key: Any, *conditions: Any, **options: Any) -> Any:
        """Look at the rows of the partition, or for an index at all, in any order: moto sorts its finds."""
        if not table.range_key_attr:
            return query(table, hash_key, *conditions, **options)
        index_name = conditions[6]
        found = table.items.values() if index_name else [table.items.get(hash_key, {})]
        view = object.__new__(type(table))  # moto keeps every table that it makes
        vars(view).update(vars(table), all_items=lambda: [item for rows in found for item in rows.values()])
        return query(view, hash_key, *conditions, **options)

    def loader(search_path: str | None) -> Any:
        made: Any = create_loader(search_path)
        made._cache = descriptions
        return made

    def get_value(serializer: Any, value: Any, key: str, shape: Any) -> Any:
        known = shape.parent.name == "AttributeValue" and isinstance(value, dict)
        return value.get(key) if known else search(serializer, value, key, shape)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", loader)
        patch.setattr(responses, "method_names_from_class", methods_of)
        patch.setattr(ResponseSerializer, "get_value", get_value)
        patch.setattr("moto.sqs.models.unix_time_millis", lambda: time() * SECOND)
        patch.setattr(Table, "query", query_partition)
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
