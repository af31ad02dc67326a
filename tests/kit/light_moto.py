"""moto with less work.

- For each part of a transaction it copies the table, so that it can roll back. Here only the rows of the
  transaction are copied.
- For each query it sorts the table. Here it sorts what it finds, and of a table it looks at one partition.
- For each call it lists its methods, and for each value it tries the names that it could have. Here methods
  are listed once, and DynamoDB's values are returned as they are.
- It makes a request of a web server of each call, and looks for its parts in forms, queries and headers. Here
  DynamoDB and SQS get the JSON of the call. Nothing checks its signature, so it has none.
- Each session of the SDK reads the descriptions of services. Here they are read once.
- To count its messages a queue asks for the time by way of a date, for each message. Here it reads the clock.
- For each message that it returns a queue lists all of its attributes, and counts its messages. Here it reads
  the one attribute.
- For each call of S3 it loads the module of its URLs again, and formats them. Here it does so once.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from time import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import create_loader
from botocore.signers import RequestSigner
from moto.core import responses
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import S3Backend, s3_backends
from moto.sqs import models as queues
from moto.sqs.models import SQSBackend
from moto.sqs.responses import SQSResponse

from claimcheck.domain.job import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    Row = tuple[dict[Any, Any], Any]

methods_of = cache(method_names_from_class)
descriptions: dict[Any, Any] = {}
UNSIGNED = ("dynamodb", "sqs")
REGION = "us-east-1"
# By the URL of their calls.
HANDLERS: dict[str, Any] = {
    f"https://dynamodb.{REGION}.amazonaws.com/": DynamoHandler,
    f"https://sqs.{REGION}.amazonaws.com/": SQSResponse,
}
# What is replaced, for its other uses.
process, sign = BotocoreStubber.process_request, RequestSigner.sign
transact, query = DynamoDBBackend.transact_write_items, Table.query
serialize = BaseJSONSerializer._serialize_type_structure


@contextmanager
def light_moto() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", _loader)
        patch.setattr(RequestSigner, "sign", _sign)
        patch.setattr(BotocoreStubber, "process_request", _process)
        patch.setattr(responses, "method_names_from_class", methods_of)
        patch.setattr(BaseJSONSerializer, "_serialize_type_structure", _serialize)
        patch.setattr(queues, "unix_time_millis", lambda: time() * SECOND)
        patch.setattr(SQSBackend, "is_message_valid_based_on_retention_period", _is_kept)
        patch.setattr(S3Backend, "urls", s3_backends[DEFAULT_ACCOUNT_ID]["aws"].urls)
        patch.setattr(Table, "query", _query_partition)
        patch.setattr(DynamoDBBackend, "transact_write_items", _transact)
        patch.setattr(models, "copy", SimpleNamespace(deepcopy=_all_but_tables))
        yield


def _loader(search_path: str | None) -> Any:
    made: Any = create_loader(search_path)
    made._cache = descriptions
    return made


def _sign(signer: Any, *request: Any, **options: Any) -> None:
    if signer.signing_name not in UNSIGNED:
        sign(signer, *request, **options)


def _process(stubber: Any, request: Any) -> Any:
    if request.url not in HANDLERS:
        return process(stubber, request)
    target = request.headers["x-amz-target"]
    handler = HANDLERS[request.url]()
    # All that it reads of a request.
    vars(handler).update(
        headers={"x-amz-target": target if isinstance(target, str) else target.decode()},
        params=json.loads(request.body),
        querystring={},
        uri_match={},
        uri=request.url,
        path=request.url,
        region=REGION,
        current_account=DEFAULT_ACCOUNT_ID,
        response_headers={},
        _enrich_response=lambda *answer: answer,
    )
    return handler.call_action()


def _serialize(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if shape.name == "AttributeValue":
        serialized[key] = value
    else:
        serialize(serializer, serialized, value, shape, key)


def _is_kept(backend: Any, name: str, message: Any) -> Any:
    until = backend.get_queue(name).message_retention_period * SECOND + message.sent_timestamp
    return until > vars(queues)["unix_time_millis"]()


def _query_partition(table: Any, hash_key: Any, *conditions: Any, **options: Any) -> Any:
    """Look at the rows of the partition, or for an index at all, in any order: moto sorts its finds."""
    if not table.range_key_attr:
        return query(table, hash_key, *conditions, **options)
    index_name = conditions[6]
    found = table.items.values() if index_name else [table.items.get(hash_key, {})]
    view = object.__new__(type(table))  # moto keeps every table that it makes
    vars(view).update(vars(table), all_items=lambda: [item for rows in found for item in rows.values()])
    return query(view, hash_key, *conditions, **options)


def _transact(backend: Any, parts: list[dict[str, Any]]) -> None:
    before = [(rows, key, deepcopy(rows.get(key))) for rows, key in _named(backend, parts)]
    try:
        transact(backend, parts)
    except Exception:
        for rows, key, item in before:
            _put_back(rows, key, item)
        raise


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
