"""The rows of flows. A flow's partition has the flow, its slots, and its line.

A slot or ticket changes only in the transaction of its job, so both always agree. The flow's own row is in no
such transaction: its `due_at`, and its `next_start_at` with its `turn`, are attributes that conditional
updates change.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.aws.dynamodb.rows import Item, left_over, org_key
from claimcheck.aws.dynamodb.table import Part, Table, name_of
from claimcheck.domain.errors import SlotTaken
from claimcheck.domain.flows import Flow, Limits, Rate, Slot, Ticket
from claimcheck.domain.job import FlowKey
from claimcheck.domain.json_text import compact

if TYPE_CHECKING:
    from claimcheck.domain.job import Job, Millis

FLOW = "FLOW"
# In the partition of an org: the names of its flows.
NAMES = "FLOW#"
SLOT = "SLOT#"
LINE = "WAIT#"
PLAIN = ("concurrency", "paused", "max_waiting", "created_at", "updated_at")


def flow_key(key: FlowKey) -> Item:
    return {"pk": {"S": f"FLOW#{key.scope}#{key.name}"}, "sk": {"S": FLOW}}


def name_key(org: str, name: str) -> Item:
    return org_key(org) | {"sk": {"S": f"{NAMES}{name}"}}


def is_flow(item: Item) -> bool:
    return bool(item["sk"]["S"] == FLOW)


def key_of(item: Item) -> FlowKey:
    _, scope, name = item["pk"]["S"].split("#")
    return FlowKey(scope, name)


def flow_item(flow: Flow) -> Item:
    return flow_key(flow.key) | {
        "org": {"S": flow.org},
        "written_by": {"S": flow.written_by},
        "flow": {"S": _document(flow)},
    }


def flow_of(item: Item) -> Flow | None:
    """Return the flow, or None if the row is that of a job type's flow, whose limits are in the code."""
    if "flow" not in item:
        return None
    document = json.loads(item["flow"]["S"])
    scope, name = key_of(item)
    rate = document.get("rate")
    return Flow(
        org=scope,
        name=name,
        limits=Limits(
            document["concurrency"], rate and Rate(*rate[:3]), document["paused"], document["max_waiting"]
        ),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        written_by=item["written_by"]["S"],
        needs=tuple(document.get("needs", ())),
        unknown=left_over(document, {*PLAIN, "rate", "needs"}),
    )


def slot_of(item: Item) -> Slot:
    return Slot(int(name_of(item, SLOT)), item["job_id"]["S"], item["written_by"]["S"])


def ticket_of(item: Item) -> Ticket:
    since, job_id = name_of(item, LINE).split("#")
    return Ticket(int(since), job_id, item["org"]["S"], item["written_by"]["S"])


def row_key(key: FlowKey, row: Slot | Ticket) -> Item:
    return _slot_key(key, row.number) if isinstance(row, Slot) else _ticket_key(key, row.since, row.job_id)


def place_parts(table: Table, old: Job, new: Job) -> list[Part]:
    """Return the parts that make the rows of the job's slot and ticket those of `new`."""
    assert new.flow is not None
    flow, parts = new.flow, []
    of_job = {"job_id": {"S": new.job_id}, "org": {"S": new.org}, "written_by": {"S": new.written_by}}
    if old.slot not in (None, new.slot):
        parts.append(Part(table.delete(_slot_key(flow, old.slot))))
    if new.slot not in (None, old.slot):
        slot = table.put(_slot_key(flow, new.slot) | of_job, "attribute_not_exists(pk)")
        parts.append(Part(slot, lambda taken: SlotTaken()))
    if old.waits not in (None, new.waits):
        parts.append(Part(table.delete(_ticket_key(flow, old.waits, old.job_id))))
    if new.waits not in (None, old.waits):
        ticket = _ticket_key(flow, new.waits, new.job_id) | of_job
        parts.append(Part(table.put(ticket)))
    return parts


def _slot_key(flow: FlowKey, number: int) -> Item:
    return flow_key(flow) | {"sk": {"S": f"{SLOT}{number:04}"}}


def _ticket_key(flow: FlowKey, since: Millis, job_id: str) -> Item:
    return flow_key(flow) | {"sk": {"S": f"{LINE}{since:015}#{job_id}"}}


def _document(flow: Flow) -> str:
    document: dict[str, Any] = flow.limits._asdict()
    document |= {"created_at": flow.created_at, "updated_at": flow.updated_at}
    if flow.needs:
        document["needs"] = flow.needs
    return compact({**document, **flow.unknown})
