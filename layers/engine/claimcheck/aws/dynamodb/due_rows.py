"""The keys of rows in the index `by_due`: jobs, schedules and flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.aws.dynamodb import flow_rows, schedule_rows
from claimcheck.aws.dynamodb.rows import job_key
from claimcheck.domain.schedules import ScheduleKey

if TYPE_CHECKING:
    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.domain.ports import DueOwner


def due_owner(item: Item) -> DueOwner:
    if schedule_rows.is_schedule(item):
        return schedule_rows.key_of(item)
    if flow_rows.is_flow(item):
        return flow_rows.key_of(item)
    return str(item["pk"]["S"].removeprefix("JOB#"))


def due_key(owner: DueOwner) -> Item:
    if isinstance(owner, str):
        return job_key(owner)
    if isinstance(owner, ScheduleKey):
        return schedule_rows.schedule_key(owner)
    return flow_rows.flow_key(owner)
