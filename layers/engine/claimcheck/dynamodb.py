"""The job store and the key store on one DynamoDB table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from claimcheck import rows
from claimcheck.aws import cancellation_reasons, code_of
from claimcheck.clock import time_of
from claimcheck.errors import Conflict, KeyTaken, Unavailable
from claimcheck.model import MINUTE, SECOND
from claimcheck.observability import failure
from claimcheck.ports import DuePage, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.aws import Service
    from claimcheck.model import Execution, Job, Millis, Reservation
    from claimcheck.rows import Item
    from claimcheck.tenancy import ApiKey

REFUSED = "ConditionalCheckFailedException"
RECORDED = 100  # executions shown of one job
# A rate window is of no use soon after its minute.
WINDOW_LIFE = 5 * MINUTE


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


class DynamoDBJobStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def insert(self, job: Job, key_hash: str | None, reservation: Reservation | None) -> None:
        if key_hash is None or reservation is None:
            self._insert_alone(job)
        else:
            self._insert_reserved(job, key_hash, reservation)

    def _insert_alone(self, job: Job) -> None:
        table = self._table
        try:
            table.service.call_once(table.client.put_item, TableName=table.name, **_put_new(job))
        except ClientError as error:
            # Ids are never used twice: what stands there is this job, from an earlier try.
            if _refused_by(error) is None:
                raise

    def _insert_reserved(self, job: Job, key_hash: str, reservation: Reservation) -> None:
        table = self._table
        reserve = {
            "Item": rows.reservation_item(key_hash, reservation),
            "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
            "ExpressionAttributeValues": {":now": {"N": str(job.created_at)}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        puts = [{"Put": put | {"TableName": table.name}} for put in (_put_new(job), reserve)]
        try:
            table.service.call_once(
                table.client.transact_write_items, TransactItems=puts, ClientRequestToken=job.written_by
            )
        except ClientError as error:
            reasons = cancellation_reasons(error)
            if len(reasons) != len(puts):
                raise
            _settle_reservation(error, reasons[1].get("Item"), job)

    def reservation(self, org: str, key_hash: str) -> Reservation | None:
        item = self._table.get(rows.reservation_key(org, key_hash))
        return rows.reservation_of(item) if item else None

    def read(self, job_id: str) -> Job | None:
        item = self._table.get(rows.job_key(job_id))
        return rows.job_of(item) if item else None

    def read_many(self, job_ids: Sequence[str]) -> list[Job]:
        wanted = [rows.job_key(job_id) for job_id in job_ids]
        found: dict[str, Job] = {}
        while wanted:
            left = self._read_some(wanted, found)
            if len(left) == len(wanted):
                raise Unavailable
            if left:
                self._table.service.pause(1)
            wanted = left
        return [found[job_id] for job_id in job_ids if job_id in found]

    def _read_some(self, wanted: list[Item], found: dict[str, Job]) -> list[Item]:
        """Add to `found` what DynamoDB answers at once; returns the keys that it left for later."""
        table = self._table
        asked = {table.name: {"Keys": wanted, "ConsistentRead": True}}
        answer = table.service.call(table.client.batch_get_item, RequestItems=asked)
        for item in answer["Responses"].get(table.name, []):
            _collect(item, found)
        left: list[Item] = answer.get("UnprocessedKeys", {}).get(table.name, {}).get("Keys", [])
        return left

    def replace(self, old: Job, new: Job) -> None:
        try:
            self._table.call(
                "put_item",
                Item=rows.job_item(new),
                ConditionExpression="written_by = :old",
                ExpressionAttributeValues={":old": {"S": old.written_by}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            stored = _refused_by(error)
            if stored is None or stored["written_by"]["S"] != new.written_by:
                raise Conflict(rows.job_of(stored) if stored else None) from error

    def list_jobs(self, org: str, after: str | None, limit: int) -> Page:
        start = None
        if after is not None:
            start = rows.job_key(after) | {"org": {"S": org}, "created_at": {"N": str(time_of(after))}}
        answer = self._query("by_org", "org = :org", {":org": {"S": org}}, limit, start, newest=True)
        last = answer.get("LastEvaluatedKey")
        return Page([_job_id(item) for item in answer["Items"]], last and _job_id(last))

    def due(self, shard: int, now: Millis, after: tuple[Millis, str] | None, limit: int) -> DuePage:
        start = None
        if after is not None:
            due_at, job_id = after
            start = rows.job_key(job_id) | {"due_shard": {"N": str(shard)}, "due_at": {"N": str(due_at)}}
        values = {":shard": {"N": str(shard)}, ":now": {"N": str(now)}}
        answer = self._query("by_due", "due_shard = :shard AND due_at <= :now", values, limit, start)
        last = answer.get("LastEvaluatedKey")
        ids = [_job_id(item) for item in answer["Items"]]
        return DuePage(ids, last and (int(last["due_at"]["N"]), _job_id(last)))

    def record(self, job: Job, execution: Execution) -> None:
        self._table.call("put_item", Item=rows.execution_item(job, execution))

    def executions(self, job_id: str) -> list[Execution]:
        answer = self._table.call(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": rows.job_key(job_id)["pk"], ":sk": {"S": "EXEC#"}},
            ScanIndexForward=False,
            Limit=RECORDED,
            ConsistentRead=True,
        )
        return [rows.execution_of(item) for item in answer["Items"]]

    def _query(
        self, index: str, keys: str, values: Item, limit: int, start: Item | None, newest: bool = False
    ) -> Any:
        return self._table.call(
            "query",
            IndexName=index,
            KeyConditionExpression=keys,
            ExpressionAttributeValues=values,
            ScanIndexForward=not newest,
            Limit=limit,
            **({"ExclusiveStartKey": start} if start else {}),
        )


class DynamoDBKeyStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def api_key(self, key_hash: str) -> ApiKey | None:
        item = self._table.get(rows.api_key_key(key_hash))
        return rows.api_key_of(item) if item else None

    def put_api_key(self, key_hash: str, key: ApiKey) -> None:
        self._table.call("put_item", Item=rows.api_key_item(key_hash, key))

    def take(self, key_hash: str, minute: int, amount: int, limit: int) -> int | None:
        if amount > limit:
            return None
        delete_at = (minute + 1) * MINUTE + WINDOW_LIFE
        try:
            answer = self._table.call(
                "update_item",
                Key=rows.rate_key(key_hash, minute),
                UpdateExpression="ADD requests :amount SET delete_at = :delete_at",
                ConditionExpression="attribute_not_exists(requests) OR requests <= :room",
                ExpressionAttributeValues={
                    ":amount": {"N": str(amount)},
                    ":room": {"N": str(limit - amount)},
                    ":delete_at": {"N": str(delete_at // SECOND)},
                },
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if code_of(error) != REFUSED:
                raise
            return None
        return int(answer["Attributes"]["requests"]["N"])


def _put_new(job: Job) -> dict[str, Any]:
    return {
        "Item": rows.job_item(job),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _settle_reservation(error: ClientError, taken_by: Item | None, job: Job) -> None:
    """A cancelled transaction: my own earlier try worked, or the key is another job's."""
    if taken_by is None:
        raise error
    reservation = rows.reservation_of(taken_by)
    if reservation.accepted.job_id != job.job_id:
        raise KeyTaken(reservation) from error


def _refused_by(error: ClientError) -> Item | None:
    """The item that refused a conditional write, or None if it is not there. Re-raises other errors."""
    if code_of(error) != REFUSED:
        raise error
    item: Item | None = error.response.get("Item")  # type: ignore[assignment]
    return item


def _job_id(item: Item) -> str:
    return str(item["pk"]["S"].removeprefix("JOB#"))


def _collect(item: Item, found: dict[str, Job]) -> None:
    """One row that cannot be read must not hide the others."""
    try:
        found[_job_id(item)] = rows.job_of(item)
    except (KeyError, TypeError, ValueError):
        failure("row not readable", pk=item["pk"]["S"])
