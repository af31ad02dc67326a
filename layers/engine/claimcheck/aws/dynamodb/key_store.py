"""API keys, and the windows that count their use.

A key's partition `RATE#<hash>` has a row for each hour in which it was used, with the requests of each
minute, and one for each day in which its jobs were counted. So counting a request also records when a key was
used.
"""

import json
from dataclasses import asdict, fields

from botocore.exceptions import ClientError

from claimcheck.aws.dynamodb import rows
from claimcheck.aws.dynamodb.table import Table, name_of, refused_by
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Millis
from claimcheck.domain.json_text import compact
from claimcheck.domain.keys import ApiKey, Use, Window

# The fields of a key that its document holds.
STORED = {each.name for each in fields(ApiKey)} - {"expires_at", "unknown"}
HOURS, DAYS = "HOUR#", "DAY#"
# No request counts again after its window. The rows say when a key was last used.
USE_KEPT = 90 * DAY


class DynamoDBKeyStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def api_key(self, key_hash: str) -> ApiKey | None:
        item = self._table.get(api_key_key(key_hash))
        return api_key_of(item) if item else None

    def put_api_key(self, key_hash: str, key: ApiKey) -> None:
        table = self._table
        item = api_key_item(key_hash, key)
        # The copy among the org's rows is for operators, to list its keys.
        copy = item | rows.org_key(key.org) | {"sk": {"S": f"KEY#{key_hash}"}}
        # No ClientRequestToken: an earlier content of the key may be written again.
        table.service.call(
            table.client.transact_write_items, TransactItems=[table.put(item), table.put(copy)]
        )

    def api_keys(self, org: str) -> dict[str, ApiKey]:
        items = self._table.rows_of(rows.org_key(org)["pk"], "KEY#")
        return {name_of(item, "KEY#"): api_key_of(item) for item in items}

    def take(self, key_hash: str, window: Window, amount: int, limit: int) -> int | None:
        if amount > limit:
            return None
        sk, counter = _place(window)
        try:
            # A retry after a try that had worked would count twice.
            answer = self._table.service.call_once(
                self._table.client.update_item,
                stop_in_doubt=True,
                TableName=self._table.name,
                Key={"pk": use_partition(key_hash), "sk": sk},
                UpdateExpression=f"ADD {counter} :amount SET delete_at = :delete_at",
                ConditionExpression=f"attribute_not_exists({counter}) OR {counter} <= :room",
                ExpressionAttributeValues={
                    ":amount": {"N": str(amount)},
                    ":room": {"N": str(limit - amount)},
                    ":delete_at": rows.seconds(window.ends_at + USE_KEPT),
                },
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            refused_by(error)
            return None
        return int(answer["Attributes"][counter]["N"])

    def use(self, key_hash: str, now: Millis) -> Use:
        pk = use_partition(key_hash)
        hours = self._table.newest(pk, HOURS, 1)
        last = int(name_of(hours[0], HOURS)) * HOUR if hours else None
        sk, counter = _place(Window.at(now, DAY))
        today = self._table.get({"pk": pk, "sk": sk}) or {}
        return Use(last, int(today.get(counter, {"N": "0"})["N"]))


def use_partition(key_hash: str) -> rows.Item:
    return {"S": f"RATE#{key_hash}"}


def _place(window: Window) -> tuple[rows.Item, str]:
    """Return the sort key of the row that has a window, and the attribute that counts in it."""
    if window.length == DAY:
        return {"S": f"{DAYS}{window.number:09}"}, "jobs"
    hour, minute = divmod(window.number, HOUR // MINUTE)
    return {"S": f"{HOURS}{hour:09}"}, f"minute_{minute}"


def api_key_key(key_hash: str) -> rows.Item:
    return {"pk": {"S": f"KEY#{key_hash}"}, "sk": {"S": "KEY"}}


def api_key_item(key_hash: str, key: ApiKey) -> rows.Item:
    """An expired key is deleted by TTL, and its `expires_at` is the attribute's value."""
    document = asdict(key)
    expires_at, unknown = document.pop("expires_at"), document.pop("unknown")
    item = api_key_key(key_hash) | {"key": {"S": compact(document | unknown)}}
    return item if expires_at is None else item | {"delete_at": rows.seconds(expires_at)}


def api_key_of(item: rows.Item) -> ApiKey:
    document = json.loads(item["key"]["S"])
    known = rows.known_part(document, STORED)
    return ApiKey(
        **known
        | {
            "scopes": tuple(document["scopes"]),
            "expires_at": int(item["delete_at"]["N"]) * SECOND if "delete_at" in item else None,
            "unknown": rows.left_over(document, STORED),
        }
    )
