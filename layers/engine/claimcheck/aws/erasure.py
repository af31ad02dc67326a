"""Deletion of everything that a deployment stores for an org, by operators with their own permissions.

It scans the table: the rows of one org are spread over it, and an index for this would cost every job.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck.aws.dynamodb.key_store import DAYS, HOURS, use_partition
from claimcheck.aws.dynamodb.rows import job_key
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.files import folders_of
from claimcheck.domain.keys import EVERYBODY
from claimcheck.domain.ports import chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from claimcheck.aws.calls import Service
    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.aws.dynamodb.table import Table

# Amazon DynamoDB API Reference, BatchWriteItem.
ROWS_AT_ONCE = 25
HISTORY = ("EXEC#", "CALL#")
USE = (HOURS, DAYS)
# The rows that name their org. Those of a job's history and of a key's use are found by the job and the key.
OWNED = (
    "org = :org OR pk IN (:own, :secrets) OR (pk = :everybody AND sk = :callback) "
    "OR begins_with(pk, :reservations) OR begins_with(pk, :names) OR begins_with(pk, :flows) "
    "OR begins_with(pk, :key)"
)
# The beginnings of the keys of a job's objects without a folder of their org: those of 0.2, and of 0.1.
FORMER = ("result/{}-", "input/{}-", "{}/")


class Erased(NamedTuple):
    rows: int
    objects: int


class Erasure:
    def __init__(self, table: Table, storage: Service, bucket: str) -> None:
        self._table = table
        self._storage = storage
        self._bucket = bucket

    def erase(self, org: str) -> Erased:
        """Delete an org's rows and objects. A repeat continues. Raises: Unavailable, ClientError."""
        rows, objects = 0, sum(map(self._delete_objects, folders_of(org)))
        for page in self._owned(org):
            jobs = [item["pk"]["S"].removeprefix("JOB#") for item in page if item["sk"]["S"] == "JOB"]
            objects += sum(self._delete_objects(each.format(job_id)) for job_id in jobs for each in FORMER)
            hashes = [item["pk"]["S"].removeprefix("KEY#") for item in page if item["sk"]["S"] == "KEY"]
            # The rows of jobs and keys come last: they are what finds the others again.
            others = [key for job_id in jobs for key in self._rows(job_key(job_id)["pk"], HISTORY)]
            others += [key for each in hashes for key in self._rows(use_partition(each), USE)]
            for keys in (others, [_key(item) for item in page]):
                self._delete_rows(keys)
                rows += len(keys)
        return Erased(rows, objects)

    def _owned(self, org: str) -> Iterator[list[Item]]:
        values = {
            ":org": {"S": org},
            ":own": {"S": f"ORG#{org}"},
            ":secrets": {"S": f"SECRET#{org}"},
            ":everybody": {"S": f"ORG#{EVERYBODY}"},
            ":callback": {"S": f"CALLBACK#{org}"},
            ":reservations": {"S": f"IDEM#{org}#"},
            ":names": {"S": f"UNIQUE#{org}#"},
            # Of job types with a flow for each org. Other rows of flows name their org.
            ":flows": {"S": f"FLOW#@{org}#"},
            ":key": {"S": "KEY#"},
        }
        wanted = {"FilterExpression": OWNED, "ExpressionAttributeValues": values}
        for page in self._table.pages("scan", ConsistentRead=True, **wanted):
            yield [item for item in page if _belongs(item, org)]

    def _rows(self, pk: Item, prefixes: Sequence[str]) -> list[Item]:
        return [_key(item) for prefix in prefixes for item in self._table.rows_of(pk, prefix)]

    def _delete_rows(self, keys: Sequence[Item]) -> None:
        for chunk in chunks(keys, ROWS_AT_ONCE):
            left: Any = {self._table.name: [{"DeleteRequest": {"Key": key}} for key in chunk]}
            for number in range(1, 10):
                service = self._table.service
                answer = service.call(service.client.batch_write_item, RequestItems=left)
                left = answer.get("UnprocessedItems")
                if not left:
                    break
                service.pause(number)
            else:
                raise Unavailable

    def _delete_objects(self, prefix: str) -> int:
        """Delete all objects whose keys begin like this, and return their number."""
        service, client, deleted = self._storage, self._storage.client, 0
        start: dict[str, Any] = {}
        while True:
            found = service.call(client.list_objects_v2, Bucket=self._bucket, Prefix=prefix, **start)
            keys = [{"Key": each["Key"]} for each in found.get("Contents", [])]
            if keys:
                left = {"Objects": keys, "Quiet": True}
                service.call(client.delete_objects, Bucket=self._bucket, Delete=left)
                start = {"StartAfter": keys[-1]["Key"]}
            deleted += len(keys)
            if not found["IsTruncated"]:
                return deleted


def _belongs(item: Item, org: str) -> bool:
    """API keys name their org only in their document."""
    if not item["pk"]["S"].startswith("KEY#"):
        return True
    return bool(json.loads(item["key"]["S"])["org"] == org)


def _key(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}
