"""Flows: their limits, and views of their slots and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.aws.dynamodb import flow_rows, rows
from claimcheck.aws.dynamodb.table import Part, Table, last_of, name_of
from claimcheck.domain.errors import Conflict
from claimcheck.domain.flows import FIRST, Flow, Slot, Ticket, View
from claimcheck.domain.job import FlowKey
from claimcheck.domain.ports import Page, shard_of_key

if TYPE_CHECKING:
    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.domain.flows import Micros
    from claimcheck.domain.job import Millis

# Rows of a view that are read at once. Those of a flow with few slots and a short line are one page.
PAGE = 200


class DynamoDBFlowStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, key: FlowKey) -> Flow | None:
        item = self._table.get(flow_rows.flow_key(key))
        return flow_rows.flow_of(item) if item else None

    def put(self, old: Flow | None, new: Flow, next_start_at: Micros | None = None) -> bool:
        def refusal(stored: Item) -> Conflict | None:
            return None if stored and stored["written_by"]["S"] == new.written_by else Conflict(None)

        item = flow_rows.flow_item(new)
        if old is not None:
            return self._replace(old, item, next_start_at)
        put = self._table.put(item, "attribute_not_exists(pk)")
        name = self._table.put(flow_rows.name_key(new.org, new.name))
        try:
            self._table.write([Part(put, refusal), Part(name)])
        except Conflict:
            return False
        return True

    def _replace(self, old: Flow, item: Item, next_start_at: Micros | None) -> bool:
        changes = "flow = :flow, written_by = :new"
        values = {":flow": item["flow"], ":new": item["written_by"], ":old": {"S": old.written_by}}
        if next_start_at is not None:
            changes += ", next_start_at = :next"
            values[":next"] = {"N": str(next_start_at)}
        refusing = self._update(old.key, f"SET {changes}", "written_by = :old", values)
        return refusing is None or refusing.get("written_by") == item["written_by"]

    def delete(self, flow: Flow) -> bool:
        def refusal(stored: Item) -> Conflict | None:
            return Conflict(None) if stored else None

        unchanged = "written_by = :old AND attribute_not_exists(due_at)"
        values = {":old": {"S": flow.written_by}}
        deletion = self._table.delete(flow_rows.flow_key(flow.key), unchanged, values)
        name = self._table.delete(flow_rows.name_key(flow.org, flow.name))
        try:
            self._table.write([Part(deletion, refusal), Part(name)])
        except Conflict:
            return False
        return True

    def list_flows(self, org: str, after: str | None, limit: int) -> Page[Flow]:
        pk, prefix = rows.org_key(org)["pk"], flow_rows.NAMES
        answer = self._table.query(pk, prefix, after, Limit=limit)
        names = [name_of(item, prefix) for item in answer["Items"]]
        flows = [flow for name in names if (flow := self.read(FlowKey(org, name)))]
        return Page(flows, last_of(answer, prefix))

    def view(self, key: FlowKey) -> View:
        found: list[Item] = []
        values = {":pk": flow_rows.flow_key(key)["pk"]}
        wanted = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": values, "Limit": PAGE}
        for page in self._table.pages("query", ConsistentRead=True, **wanted):
            found += page
            tickets = [item for item in found if item["sk"]["S"].startswith(flow_rows.LINE)]
            if len(tickets) >= FIRST:
                break
        row = found[0] if found and flow_rows.is_flow(found[0]) else {}
        slots = (item for item in found if item["sk"]["S"].startswith(flow_rows.SLOT))
        return View(
            flow_rows.flow_of(row),
            _number(row, "due_at"),
            _number(row, "next_start_at"),
            tuple(map(flow_rows.slot_of, slots)),
            tuple(map(flow_rows.ticket_of, tickets[:FIRST])),
            _number(row, "turn"),
        )

    def waiting(self, key: FlowKey, limit: int) -> int:
        pk, found = flow_rows.flow_key(key)["pk"], 0
        start: dict[str, Any] = {}
        while found < limit:
            answer = self._table.query(pk, flow_rows.LINE, Select="COUNT", Limit=limit - found, **start)
            found += answer["Count"]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return found

    def set_due(self, key: FlowKey, seen: Millis | None, due_at: Millis | None) -> bool:
        condition, values = _unchanged(key, "due_at", seen)
        change = "REMOVE due_shard, due_at"
        if due_at is not None:
            change = "SET due_shard = :due_shard, due_at = :due_at"
            due = rows.due(shard_of_key(key), due_at)
            values |= {f":{name}": value for name, value in due.items()}
        return self._update(key, change, condition, values) is None

    def reserve(self, key: FlowKey, seen: Micros | None, next_start_at: Micros, turn: Millis) -> bool:
        condition, values = _unchanged(key, "next_start_at", seen)
        values |= {":next": {"N": str(next_start_at)}, ":turn": {"N": str(turn)}}
        return self._update(key, "SET next_start_at = :next, turn = :turn", condition, values) is None

    def end_turn(self, key: FlowKey, turn: Millis) -> None:
        self._update(key, "REMOVE turn", *_unchanged(key, "turn", turn))

    def delete_void(self, key: FlowKey, row: Slot | Ticket) -> None:
        values = {":token": {"S": row.token}}
        self._table.change("delete_item", flow_rows.row_key(key, row), "written_by = :token", values)

    def _update(self, key: FlowKey, change: str, condition: str, values: Item) -> Item | None:
        """Update the flow's row, as `Table.change` does."""
        row = flow_rows.flow_key(key)
        return self._table.change("update_item", row, condition, values, UpdateExpression=change)


def _number(row: Item, name: str) -> int | None:
    return int(row[name]["N"]) if name in row else None


def _unchanged(key: FlowKey, name: str, seen: int | None) -> tuple[str, Item]:
    """Return the condition that an attribute of the flow's row is `seen`, with its values."""
    if seen is not None:
        return f"{name} = :seen", {":seen": {"N": str(seen)}}
    # The row of a job type's flow is created by its first update.
    there = "" if key.declared else " AND attribute_exists(pk)"
    return f"attribute_not_exists({name}){there}", {}
