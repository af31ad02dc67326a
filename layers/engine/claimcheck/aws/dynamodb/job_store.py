"""Jobs, their executions, and the reservations of Idempotency-Keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.aws.dynamodb import rows
from claimcheck.aws.dynamodb.table import Part, Table
from claimcheck.domain.clock import time_of
from claimcheck.domain.errors import Conflict, KeyTaken, SlotTaken, Unavailable
from claimcheck.domain.observability import failure
from claimcheck.domain.ports import FAR, RECORDED, DuePage, NewJob, Page, failed_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.domain.job import Delivery, Execution, Job, Millis, Reservation
    from claimcheck.domain.ports import DueAfter
    from claimcheck.domain.schedules import Replacement


class DynamoDBJobStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def insert(
        self,
        job: Job,
        key_hash: str | None,
        reservation: Reservation | None,
        schedule: Replacement | None = None,
        retried: Job | None = None,
    ) -> None:
        stored, *others = self._new(NewJob(job, key_hash, reservation))
        beside = self._slot(job, schedule)
        if retried is not None:
            beside.append(self._replacement(retried, retried.retried(job)))
        self._table.write([stored, *beside, *others, *_charge(self._table, [job])], once=True)

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        new = [part for each in jobs for part in self._new(each)]
        self._table.write(new + _charge(self._table, [each.job for each in jobs]), once=True)

    def _new(self, new: NewJob) -> list[Part]:
        table, (job, key_hash, reservation, _) = self._table, new
        # Ids are unique: if the job exists, an earlier try has stored it.
        parts = [Part(table.put(rows.job_item(job), "attribute_not_exists(pk)"))]
        if key_hash is not None and reservation is not None:
            parts.append(self._reserved(key_hash, reservation, job.created_at))
        return parts + _beside(table, None, job)

    def _slot(self, job: Job, schedule: Replacement | None) -> list[Part]:
        """Return the parts that move a schedule on, and record the job of its slot."""
        if schedule is None:
            return []
        # Only sweeps submit slots.
        from claimcheck.aws.dynamodb import schedule_rows

        old, new = schedule
        run = self._table.put(schedule_rows.run_item(new.key, job))
        moved = schedule_rows.schedule_put(self._table, old, new)
        return [Part(run), Part(moved, lambda stored: Conflict(None))]

    def _reserved(self, key_hash: str, reservation: Reservation, now: Millis) -> Part:
        free = "attribute_not_exists(pk) OR expires_at <= :now"
        item = rows.reservation_item(key_hash, reservation)
        put = self._table.put(item, free, {":now": {"N": str(now)}})
        return Part(put, lambda taken: KeyTaken(rows.reservation_of(taken)))

    def reserve(self, key_hash: str, reservation: Reservation, now: Millis) -> None:
        self._table.write([self._reserved(key_hash, reservation, now)])

    def reservation(self, org: str, key_hash: str) -> Reservation | None:
        item = self._table.get(rows.reservation_key(org, key_hash))
        return rows.reservation_of(item) if item else None

    def release_name(self, org: str, name: str, job_id: str) -> None:
        # Few jobs have a unique name.
        from claimcheck.aws.dynamodb.unique_names import name_key

        self._table.change("delete_item", name_key(org, name), "job_id = :job", {":job": {"S": job_id}})

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
        """Add DynamoDB's answer to `found`. Return the keys that it left unprocessed."""
        table = self._table
        asked = {table.name: {"Keys": wanted, "ConsistentRead": True}}
        answer = table.service.call(table.client.batch_get_item, RequestItems=asked)
        for item in answer["Responses"].get(table.name, []):
            # A row that cannot be read must not hide the others.
            try:
                found[_job_id(item)] = rows.job_of(item)
            except (KeyError, TypeError, ValueError):
                failure("row not readable", pk=item["pk"]["S"])
        left: list[Item] = answer.get("UnprocessedKeys", {}).get(table.name, {}).get("Keys", [])
        return left

    def replace(self, old: Job, new: Job, record: Execution | Delivery | None = None) -> None:
        table = self._table
        parts = [self._replacement(old, new), *_beside(table, old, new)]
        if record is not None:
            parts.append(Part(table.put(rows.record_item(new, record))))
        takes_slot = new.slot not in (None, old.slot)
        # Many jobs want the same slots: to retry after a conflict would be slower than to look again.
        table.write(parts, contended=SlotTaken if takes_slot else None)

    def _replacement(self, old: Job, new: Job) -> Part:
        def refusal(stored: Item) -> Conflict | None:
            if not stored:
                return Conflict(None)
            return None if stored["written_by"]["S"] == new.written_by else Conflict(rows.job_of(stored))

        put = self._table.put(rows.job_item(new), "written_by = :old", {":old": {"S": old.written_by}})
        return Part(put, refusal)

    def list_jobs(
        self, org: str, after: str | None, limit: int, since: Millis = 0, before: Millis = FAR
    ) -> Page[str]:
        last = None if after is None else (time_of(after), after)
        answer = self._newest("by_org", org, "created_at", last, limit, since, before)
        more = answer.get("LastEvaluatedKey")
        return Page([_job_id(item) for item in answer["Items"]], more and _job_id(more))

    def list_failed(self, org: str, after: str | None, limit: int, since: Millis = 0) -> Page[str]:
        last = None
        if after is not None:
            at, job_id = after.split(".")
            last = int(at), job_id
        answer = self._newest("by_failure", org, "failed_at", last, limit, since, FAR)
        more = answer.get("LastEvaluatedKey")
        place = more and failed_place(int(more["failed_at"]["N"]), _job_id(more))
        return Page([_job_id(item) for item in answer["Items"]], place)

    def _newest(
        self,
        index: str,
        org: str,
        time: str,
        after: tuple[Millis, str] | None,
        limit: int,
        since: Millis,
        before: Millis,
    ) -> Any:
        """Return a page of an org's index, newest first, after the item of this time and job."""
        # DynamoDB refuses an empty span, and a start outside of it.
        if since >= before or (after is not None and after[0] < since):
            return {"Items": []}
        start = None
        if after is not None and after[0] < before:
            start = rows.job_key(after[1]) | {"org": {"S": org}, time: {"N": str(after[0])}}
        values = {":org": {"S": org}, ":since": {"N": str(since)}, ":last": {"N": str(before - 1)}}
        condition = f"org = :org AND {time} BETWEEN :since AND :last"
        return self._query(index, condition, values, limit, start, newest=True)

    def due(self, shard: int, now: Millis, after: DueAfter | None, limit: int) -> DuePage:
        # Only sweeps read schedules and flows.
        from claimcheck.aws.dynamodb.due_rows import due_key, due_owner

        start = None
        if after is not None:
            due_at, whose = after
            start = due_key(whose) | rows.due(shard, due_at)
        values = {":shard": {"N": str(shard)}, ":now": {"N": str(now)}}
        answer = self._query("by_due", "due_shard = :shard AND due_at <= :now", values, limit, start)
        last = answer.get("LastEvaluatedKey")
        found = [due_owner(item) for item in answer["Items"]]
        oldest = int(answer["Items"][0]["due_at"]["N"]) if found else None
        return DuePage(found, last and (int(last["due_at"]["N"]), due_owner(last)), oldest)

    def executions(self, job_id: str) -> list[Execution]:
        items = self._table.newest(rows.job_key(job_id)["pk"], "EXEC#", RECORDED)
        return [rows.execution_of(item) for item in items]

    def record_delivery(self, job: Job, delivery: Delivery) -> None:
        self._table.call("put_item", Item=rows.record_item(job, delivery))

    def deliveries(self, job_id: str) -> list[Delivery]:
        items = self._table.newest(rows.job_key(job_id)["pk"], "CALL#", RECORDED)
        return [rows.delivery_of(item) for item in items]

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


def _charge(table: Table, jobs: Sequence[Job]) -> list[Part]:
    charged = [job for job in jobs if job.charge]
    if not charged:
        return []
    from claimcheck.aws.dynamodb.credit_store import charge

    return charge(table, charged)


def _beside(table: Table, old: Job | None, new: Job) -> list[Part]:
    """Return what must be written with a job, derived from the difference between the old job and the new."""
    parts = _names(table, old, new)
    if old is None:
        return parts
    if new.refund and old.ended_at is None:
        from claimcheck.aws.dynamodb.credit_store import refund

        parts += refund(table, new)
    if (old.slot, old.waits) != (new.slot, new.waits):
        # Only jobs with a flow have these.
        from claimcheck.aws.dynamodb import flow_rows

        parts += flow_rows.place_parts(table, old, new)
    return parts


def _names(table: Table, old: Job | None, new: Job) -> list[Part]:
    held = frozenset[str]() if old is None else old.unique_names
    if held == new.unique_names:
        return []
    # Few jobs have a unique name.
    from claimcheck.aws.dynamodb import unique_names

    return unique_names.changes(table, new, held)


def _job_id(item: Item) -> str:
    return str(item["pk"]["S"].removeprefix("JOB#"))
