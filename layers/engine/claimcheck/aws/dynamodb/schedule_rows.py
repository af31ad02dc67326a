"""The rows of schedules among those of their orgs, and of the jobs that schedules had."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.aws.dynamodb.rows import org_key
from claimcheck.domain.job import SECOND
from claimcheck.domain.json_text import compact
from claimcheck.domain.recurrence import Cron, Every
from claimcheck.domain.schedules import Missed, Refusal, Run, Schedule, ScheduleKey
from claimcheck.domain.shards import schedule_shard

if TYPE_CHECKING:
    from claimcheck.aws.dynamodb.rows import Item
from claimcheck.domain.job import Job

SCHEDULE = "SCHEDULE#"
ORG = "ORG#"
# Whatever of a schedule is stored as it is, inside the row's document.
PLAIN = (
    *("org", "name", "plan", "type", "metadata", "deadline", "retention", "created_at"),
    *("written_by", "updated_at", "paused", "next_at", "through"),
)


def schedule_key(key: ScheduleKey) -> Item:
    return org_key(key.org) | {"sk": {"S": f"{SCHEDULE}{key.name}"}}


def is_schedule(item: Item) -> bool:
    """Of a row of `by_due`, by its key."""
    return bool(item["sk"]["S"].startswith(SCHEDULE))


def key_of(item: Item) -> ScheduleKey:
    return ScheduleKey(item["pk"]["S"].removeprefix(ORG), item["sk"]["S"].removeprefix(SCHEDULE))


def schedule_item(schedule: Schedule) -> Item:
    """The input is an attribute of its own: lists do without it."""
    item = schedule_key(schedule.key) | {
        "written_by": {"S": schedule.written_by},
        "schedule": {"S": _document(schedule)},
        "input": {"S": schedule.input},
    }
    if schedule.due_at is not None:
        shard = str(schedule_shard(schedule.key))
        item |= {"due_shard": {"N": shard}, "due_at": {"N": str(schedule.due_at)}}
    return item


def schedule_of(item: Item) -> Schedule:
    document = json.loads(item["schedule"]["S"])
    recurrence, refusal = document.pop("recurrence"), document.pop("refusal")
    return Schedule(
        **document
        | {
            "recurrence": Cron(**recurrence) if "expression" in recurrence else Every(**recurrence),
            "input": item.get("input", {"S": ""})["S"],
            "missed": Missed(document["missed"]),
            "runs": tuple(Run(*run) for run in document["runs"]),
            "refusal": refusal and Refusal(*refusal),
        }
    )


def runs_prefix(key: ScheduleKey) -> str:
    return f"RUN#{key.name}#"


def run_item(key: ScheduleKey, job: Job) -> Item:
    """Gone with its job: ids of jobs tell their time, so the rows are in the order of submission."""
    return org_key(key.org) | {
        "sk": {"S": f"{runs_prefix(key)}{job.job_id}"},
        "delete_at": {"N": str(-(-job.last_needed // SECOND))},
    }


def _document(schedule: Schedule) -> str:
    document: dict[str, Any] = {name: getattr(schedule, name) for name in PLAIN}
    match schedule.recurrence:
        case Cron() as cron:
            document["recurrence"] = {"expression": cron.expression, "timezone": cron.timezone}
        case Every() as every:
            document["recurrence"] = {"period": every.period, "anchor": every.anchor}
    document |= {"missed": schedule.missed, "runs": schedule.runs, "refusal": schedule.refusal}
    return compact(document)
