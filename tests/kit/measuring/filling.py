"""Put many rows into moto's table at once, without requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.kit.cloud import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from claimcheck.aws.dynamodb.rows import Item
    from tests.kit.cloud import Cloud


def fill(cloud: Cloud, items: Iterable[Item]) -> None:
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[cloud.table_name]
    for item in items:
        table.put_item(item)
