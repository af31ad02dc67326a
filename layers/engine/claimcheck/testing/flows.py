"""Flows in memory, with their slots and lines."""

from __future__ import annotations

from bisect import bisect_left, insort
from threading import RLock
from typing import TYPE_CHECKING

from claimcheck.domain.errors import SlotTaken
from claimcheck.domain.flows import FIRST, Flow, Slot, Ticket, View
from claimcheck.domain.ports import Page

if TYPE_CHECKING:
    from claimcheck.domain.flows import Micros
    from claimcheck.domain.job import FlowKey, Job, Millis


class MemoryFlowStore:
    def __init__(self) -> None:
        self._flows: dict[FlowKey, Flow] = {}
        self._due_at: dict[FlowKey, Millis] = {}
        self._next_start_at: dict[FlowKey, Micros] = {}
        self._turns: dict[FlowKey, Millis] = {}
        self._slots: dict[FlowKey, dict[int, Slot]] = {}
        self._lines: dict[FlowKey, list[Ticket]] = {}
        self.lock = RLock()

    def read(self, key: FlowKey) -> Flow | None:
        return self._flows.get(key)

    def put(self, old: Flow | None, new: Flow, next_start_at: Micros | None = None) -> bool:
        with self.lock:
            stored = self._flows.get(new.key)
            if stored is not None and stored.written_by == new.written_by:
                return True
            if (stored and stored.written_by) != (old and old.written_by):
                return False
            self._flows[new.key] = new
            if next_start_at is not None:
                self._next_start_at[new.key] = next_start_at
            return True

    def delete(self, flow: Flow) -> bool:
        with self.lock:
            stored = self._flows.get(flow.key)
            if stored is None:
                return True
            if stored.written_by != flow.written_by or flow.key in self._due_at:
                return False
            del self._flows[flow.key]
            self._next_start_at.pop(flow.key, None)
            self._turns.pop(flow.key, None)
            return True

    def list_flows(self, org: str, after: str | None, limit: int) -> Page[Flow]:
        found = sorted(key for key in self._flows if key.scope == org and (after is None or key.name > after))
        last = found[limit - 1].name if len(found) > limit else None
        return Page([self._flows[key] for key in found[:limit]], last)

    def view(self, key: FlowKey) -> View:
        with self.lock:
            slots = self._slots.get(key, {})
            return View(
                self._flows.get(key),
                self._due_at.get(key),
                self._next_start_at.get(key),
                tuple(slots[number] for number in sorted(slots)),
                tuple(self._lines.get(key, ())[:FIRST]),
                self._turns.get(key),
            )

    def waiting(self, key: FlowKey, limit: int) -> int:
        return min(len(self._lines.get(key, ())), limit)

    def set_due(self, key: FlowKey, seen: Millis | None, due_at: Millis | None) -> bool:
        return self._set(self._due_at, key, seen, due_at)

    def reserve(self, key: FlowKey, seen: Micros | None, next_start_at: Micros, turn: Millis) -> bool:
        with self.lock:
            reserved = self._set(self._next_start_at, key, seen, next_start_at)
            if reserved:
                self._turns[key] = turn
            return reserved

    def end_turn(self, key: FlowKey, turn: Millis) -> None:
        self._set(self._turns, key, turn, None)

    def _set(self, of: dict[FlowKey, int], key: FlowKey, seen: int | None, value: int | None) -> bool:
        with self.lock:
            if of.get(key) != seen or not (key.declared or key in self._flows):
                return False
            if value is None:
                of.pop(key, None)
            else:
                of[key] = value
            return True

    def delete_void(self, key: FlowKey, row: Slot | Ticket) -> None:
        with self.lock:
            slots, line = self._slots.get(key, {}), self._lines.get(key, [])
            if isinstance(row, Ticket) and row in line:
                line.remove(row)
            elif isinstance(row, Slot) and slots.get(row.number) == row:
                del slots[row.number]

    def check(self, old: Job, new: Job) -> None:
        """Raises: SlotTaken."""
        slots = self._slots.get(new.flow, {}) if new.flow is not None else {}
        if new.slot not in (None, old.slot) and new.slot in slots:
            raise SlotTaken

    def move(self, old: Job, new: Job) -> None:
        """Make the slot and the ticket of a job those of `new`."""
        if new.flow is None:
            return
        slots, line = self._slots.setdefault(new.flow, {}), self._lines.setdefault(new.flow, [])
        if old.slot is not None and old.slot != new.slot:
            slots.pop(old.slot, None)
        if new.slot is not None and old.slot != new.slot:
            slots[new.slot] = Slot(new.slot, new.job_id, new.written_by)
        if old.waits is not None and old.waits != new.waits:
            place = bisect_left(line, (old.waits, old.job_id))
            if line[place : place + 1] and line[place][:2] == (old.waits, old.job_id):
                del line[place]
        if new.waits is not None and old.waits != new.waits:
            insort(line, Ticket(new.waits, new.job_id, new.org, new.written_by))

    def due_flows(self) -> list[tuple[Millis, FlowKey]]:
        return [(due_at, key) for key, due_at in self._due_at.items()]
