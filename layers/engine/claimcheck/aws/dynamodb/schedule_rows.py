"""The rows of schedules and of their runs, in the partitions of their orgs."""

import json
from dataclasses import asdict, fields
from typing import Any

from claimcheck.aws.dynamodb.rows import KEY, Item, due, known_part, left_over, org_key, seconds
from claimcheck.aws.dynamodb.table import Table
from claimcheck.domain.job import Job
from claimcheck.domain.json_text import compact
from claimcheck.domain.ports import shard_of_key
from claimcheck.domain.recurrence import Cron, Every
from claimcheck.domain.schedules import Missed, Overlap, Refusal, Run, Schedule, ScheduleKey

SCHEDULE = "SCHEDULE#"
ORG = "ORG#"
# The fields of a schedule that its document holds unchanged.
PLAIN = (
    *("org", "name", "plan", "type", "metadata", "deadline", "retention", "created_at"),
    *("written_by", "updated_at", "paused", "next_at", "through", "missed", "runs", "refusal"),
)
# Those that it holds only if they are set.
OPTIONAL = ("start_by", "callback_url", "flow")
# Those whose value may be one that this code does not know.
CHOICES = {"missed": Missed.SKIP, "overlap": Overlap.ALLOW}
ATTRIBUTES = {*KEY, "written_by", "schedule", "input", "key_id", "due_shard", "due_at"}


def schedule_key(key: ScheduleKey) -> Item:
    return org_key(key.org) | {"sk": {"S": f"{SCHEDULE}{key.name}"}}


def is_schedule(item: Item) -> bool:
    return bool(item["sk"]["S"].startswith(SCHEDULE))


def key_of(item: Item) -> ScheduleKey:
    return ScheduleKey(item["pk"]["S"].removeprefix(ORG), item["sk"]["S"].removeprefix(SCHEDULE))


def schedule_item(schedule: Schedule) -> Item:
    """The input is a separate attribute, because lists do not read it."""
    item = {**schedule.attributes, **schedule_key(schedule.key)} | {
        "written_by": {"S": schedule.written_by},
        "schedule": {"S": _document(schedule)},
        "input": {"S": schedule.input},
    }
    if schedule.key_id:
        # Beside the document, where code of 0.1 ignores it.
        item["key_id"] = {"S": schedule.key_id}
    if schedule.due_at is not None:
        item |= due(shard_of_key(schedule.key), schedule.due_at)
    return item


def schedule_put(table: Table, old: Schedule | None, new: Schedule) -> dict[str, Any]:
    """Return the put of a schedule that replaces `old`, or that must not exist yet."""
    item = schedule_item(new)
    if old is None:
        return table.put(item, "attribute_not_exists(pk)")
    return table.put(item, "written_by = :old", {":old": {"S": old.written_by}})


def schedule_of(item: Item) -> Schedule:
    document = json.loads(item["schedule"]["S"])
    unknown = left_over(document, {*PLAIN, *OPTIONAL, *CHOICES, "recurrence", "needs"})
    for name, default in CHOICES.items():
        choice = document.get(name, default)
        if choice not in list(type(default)):
            unknown[name] = choice
            choice = default
        document[name] = type(default)(choice)
    recurrence, refusal = document["recurrence"], document["refusal"]
    kind = Cron if "expression" in recurrence else Every
    known = known_part(recurrence, [each.name for each in fields(kind) if each.name != "unknown"])
    return Schedule(
        **known_part(document, (*PLAIN, *OPTIONAL, *CHOICES))
        | {
            "recurrence": kind(**known, unknown=left_over(recurrence, known)),
            "input": item.get("input", {"S": ""})["S"],
            "key_id": item.get("key_id", {"S": ""})["S"],
            "runs": tuple(Run(*run[:2]) for run in document["runs"]),
            "refusal": refusal and Refusal(*refusal[:3]),
            "needs": tuple(document.get("needs", ())),
            "unknown": unknown,
            "attributes": left_over(item, ATTRIBUTES),
        }
    )


def runs_prefix(key: ScheduleKey) -> str:
    return f"RUN#{key.name}#"


def run_item(key: ScheduleKey, job: Job) -> Item:
    """Job ids sort by time, so the rows are in the order of submission. TTL deletes them with the jobs."""
    return org_key(key.org) | {
        "sk": {"S": f"{runs_prefix(key)}{job.job_id}"},
        "delete_at": seconds(job.last_needed),
    }


def _document(schedule: Schedule) -> str:
    document: dict[str, Any] = {name: getattr(schedule, name) for name in PLAIN}
    recurrence = asdict(schedule.recurrence)
    unknown = recurrence.pop("unknown")
    document["recurrence"] = recurrence | unknown
    document |= {name: value for name in OPTIONAL if (value := getattr(schedule, name)) is not None}
    if schedule.overlap is not Overlap.ALLOW:
        document["overlap"] = schedule.overlap
    if schedule.needs:
        document["needs"] = schedule.needs
    return compact({**document, **schedule.unknown})
