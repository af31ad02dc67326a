"""Recurring schedules, and which jobs each had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from claimcheck.aws.dynamodb import rows, schedule_rows
from claimcheck.aws.dynamodb.table import refused_by
from claimcheck.domain.ports import Page, SchedulePage

if TYPE_CHECKING:
    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.aws.dynamodb.table import Table
    from claimcheck.domain.job import Job
    from claimcheck.domain.schedules import Schedule, ScheduleKey


class DynamoDBScheduleStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, key: ScheduleKey) -> Schedule | None:
        item = self._table.get(schedule_rows.schedule_key(key))
        return schedule_rows.schedule_of(item) if item else None

    def put(self, old: Schedule | None, new: Schedule) -> bool:
        table, item = self._table, schedule_rows.schedule_item(new)
        if old is None:
            put = table.put(item, "attribute_not_exists(pk)")
        else:
            put = table.put(item, "written_by = :old", {":old": {"S": old.written_by}})
        try:
            table.service.call(table.client.put_item, **put)
        except ClientError as error:
            stored = refused_by(error)
            return stored is not None and stored["written_by"]["S"] == new.written_by
        return True

    def delete(self, key: ScheduleKey) -> None:
        self._table.call("delete_item", Key=schedule_rows.schedule_key(key))

    def list_schedules(self, org: str, after: str | None, limit: int) -> SchedulePage:
        answer = self._query(
            org,
            schedule_rows.SCHEDULE,
            after,
            limit,
            ProjectionExpression="pk, sk, schedule",
        )
        found = [schedule_rows.schedule_of(item) for item in answer["Items"]]
        return SchedulePage(found, _last(answer, schedule_rows.SCHEDULE))

    def record(self, key: ScheduleKey, job: Job) -> None:
        self._table.call("put_item", Item=schedule_rows.run_item(key, job))

    def job_ids(self, key: ScheduleKey, after: str | None, limit: int) -> Page:
        prefix = schedule_rows.runs_prefix(key)
        answer = self._query(key.org, prefix, after, limit, ScanIndexForward=False)
        return Page([_name(item, prefix) for item in answer["Items"]], _last(answer, prefix))

    def _query(self, org: str, prefix: str, after: str | None, limit: int, **more: Any) -> Any:
        """Some of an org's rows whose sort keys begin so; `after` is how the last one before went on."""
        pk = rows.org_key(org)["pk"]
        start = {} if after is None else {"ExclusiveStartKey": {"pk": pk, "sk": {"S": prefix + after}}}
        return self._table.call(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": pk, ":sk": {"S": prefix}},
            ConsistentRead=True,
            Limit=limit,
            **start,
            **more,
        )


def _name(item: Item, prefix: str) -> str:
    return str(item["sk"]["S"].removeprefix(prefix))


def _last(answer: Any, prefix: str) -> str | None:
    last = answer.get("LastEvaluatedKey")
    return last and _name(last, prefix)
