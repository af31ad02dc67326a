"""The rows of schedules and of their runs, in the partitions of their orgs."""

import json
from dataclasses import asdict
from typing import Any

from claimcheck.aws.dynamodb.rows import Item, due, org_key, seconds
from claimcheck.domain.job import Job
from claimcheck.domain.json_text import compact
from claimcheck.domain.recurrence import Cron, Every
from claimcheck.domain.schedules import Missed, Refusal, Run, Schedule, ScheduleKey
from claimcheck.domain.shards import schedule_shard

SCHEDULE = "SCHEDULE#"
ORG = "ORG#"
# The fields of a schedule that its document holds unchanged.
PLAIN = (
    *("org", "name", "plan", "type", "metadata", "deadline", "retention", "created_at"),
    *("written_by", "updated_at", "paused", "next_at", "through", "missed", "runs", "refusal"),
)


def schedule_key(key: ScheduleKey) -> Item:
    return org_key(key.org) | {"sk": {"S": f"{SCHEDULE}{key.name}"}}


def is_schedule(item: Item) -> bool:
    return bool(item["sk"]["S"].startswith(SCHEDULE))


def key_of(item: Item) -> ScheduleKey:
    return ScheduleKey(item["pk"]["S"].removeprefix(ORG), item["sk"]["S"].removeprefix(SCHEDULE))


def schedule_item(schedule: Schedule) -> Item:
    """The input is a separate attribute, because lists do not read it."""
    item = schedule_key(schedule.key) | {
        "written_by": {"S": schedule.written_by},
        "schedule": {"S": _document(schedule)},
        "input": {"S": schedule.input},
    }
    if schedule.due_at is not None:
        item |= due(schedule_shard(schedule.key), schedule.due_at)
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
    """Job ids sort by time, so the rows are in the order of submission. TTL deletes them with the jobs."""
    return org_key(key.org) | {
        "sk": {"S": f"{runs_prefix(key)}{job.job_id}"},
        "delete_at": seconds(job.last_needed),
    }


def _document(schedule: Schedule) -> str:
    document: dict[str, Any] = {name: getattr(schedule, name) for name in PLAIN}
    return compact(document | {"recurrence": asdict(schedule.recurrence)})
