"""Recurring schedules and their jobs."""

from claimcheck.aws.dynamodb import rows, schedule_rows
from claimcheck.aws.dynamodb.table import Part, Table, last_of, name_of
from claimcheck.domain.errors import Conflict
from claimcheck.domain.job import Job
from claimcheck.domain.ports import Page
from claimcheck.domain.schedules import Schedule, ScheduleKey


class DynamoDBScheduleStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, key: ScheduleKey) -> Schedule | None:
        item = self._table.get(schedule_rows.schedule_key(key))
        return schedule_rows.schedule_of(item) if item else None

    def put(self, old: Schedule | None, new: Schedule) -> bool:
        def refusal(stored: rows.Item) -> Conflict | None:
            return None if stored and stored["written_by"]["S"] == new.written_by else Conflict(None)

        try:
            self._table.write([Part(schedule_rows.schedule_put(self._table, old, new), refusal)])
        except Conflict:
            return False
        return True

    def delete(self, schedule: Schedule) -> bool:
        key, values = schedule_rows.schedule_key(schedule.key), {":old": {"S": schedule.written_by}}
        return not self._table.change("delete_item", key, "written_by = :old", values)

    def list_schedules(self, org: str, after: str | None, limit: int) -> Page[Schedule]:
        pk, prefix = rows.org_key(org)["pk"], schedule_rows.SCHEDULE
        wanted = "pk, sk, schedule, key_id"
        answer = self._table.query(pk, prefix, after, Limit=limit, ProjectionExpression=wanted)
        found = [schedule_rows.schedule_of(item) for item in answer["Items"]]
        return Page(found, last_of(answer, prefix))

    def record(self, key: ScheduleKey, job: Job) -> None:
        self._table.call("put_item", Item=schedule_rows.run_item(key, job))

    def job_ids(self, key: ScheduleKey, after: str | None, limit: int) -> Page[str]:
        pk, prefix = rows.org_key(key.org)["pk"], schedule_rows.runs_prefix(key)
        answer = self._table.query(pk, prefix, after, Limit=limit, ScanIndexForward=False)
        return Page([name_of(item, prefix) for item in answer["Items"]], last_of(answer, prefix))
