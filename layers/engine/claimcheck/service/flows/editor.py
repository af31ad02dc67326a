"""Changes of flows by their orgs. Each change that may admit jobs wakes the first in line."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from claimcheck.domain.errors import FlowInUse, FlowNotFound, MalformedFlowName, TooManyFlows, Unavailable
from claimcheck.domain.flows import FLOW_NAME, MAX_FLOWS, MICRO, Flow, Limits
from claimcheck.domain.job import GRACE, FlowKey
from claimcheck.domain.ports import every
from claimcheck.service.flows.pump import wake_first
from claimcheck.service.flows.reader import key_of
from claimcheck.service.transition import MOST_CHANGES, change, leave_to_newer_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.ports import Clock, FlowStore, Randomness, WakeUpQueue
    from claimcheck.service.flows.reader import FlowReader


class FlowEditor:
    def __init__(
        self,
        store: FlowStore,
        queue: Callable[[], WakeUpQueue],
        reader: FlowReader,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._store = store
        self._queue = queue
        self._reader = reader
        self._clock = clock
        self._randomness = randomness

    def put(self, org: str, name: str, limits: Limits, paused: bool | None) -> tuple[Flow | None, Flow]:
        """Create a flow or replace its limits. Return it before and after.

        It keeps its slots and its line, and if `paused` is None its pause. A new rate counts from now.
        Raises: MalformedFlowName, TooManyFlows, Unavailable.
        """
        if not FLOW_NAME.fullmatch(name):
            raise MalformedFlowName
        key, now = FlowKey(org, name), self._clock.now()

        def decide(old: Flow | None) -> Flow:
            stop = bool(old and old.limits.paused) if paused is None else paused
            wanted = limits._replace(paused=stop)
            if old is None:
                return Flow(org=org, name=name, limits=wanted, created_at=now, updated_at=now)
            return old.evolve(limits=wanted, updated_at=now)

        stored = self._store.read(key)
        if stored is None and self._is_full(org):
            raise TooManyFlows
        return self._change(key, decide, stored)

    def pause(self, org: str, name: str) -> Flow:
        """Let no more jobs start. Running jobs go on. Raises: FlowNotFound."""
        return self._set_paused(org, name, paused=True)

    def resume(self, org: str, name: str) -> Flow:
        """Let jobs start again. Raises: FlowNotFound."""
        return self._set_paused(org, name, paused=False)

    def delete(self, org: str, name: str) -> None:
        """Raises: FlowNotFound; FlowInUse while jobs run or wait; Unavailable if only newer code may."""
        key = key_of(org, name)
        for _ in range(MOST_CHANGES):
            view = self._store.view(key)
            if view.flow is None:
                raise FlowNotFound
            leave_to_newer_code(view.flow)
            if view.slots or view.tickets:
                if view.due_at is None:
                    # A sweep deletes those that no job holds.
                    self._store.set_due(key, None, self._clock.now() + GRACE)
                raise FlowInUse
            if view.due_at is not None:
                self._store.set_due(key, view.due_at, None)
            elif self._store.delete(view.flow):
                self._reader.forget(key)
                return
        raise Unavailable("The flow is being changed by other requests: try again.")

    def _set_paused(self, org: str, name: str, *, paused: bool) -> Flow:
        key, now = key_of(org, name), self._clock.now()

        def decide(old: Flow | None) -> Flow:
            if old is None:
                raise FlowNotFound
            if old.limits.paused == paused:
                return old
            return old.evolve(limits=old.limits._replace(paused=paused), updated_at=now)

        return self._change(key, decide, self._store.read(key))[1]

    def _change(
        self, key: FlowKey, decide: Callable[[Flow | None], Flow], stored: Flow | None
    ) -> tuple[Flow | None, Flow]:
        def replaced(old: Flow | None, new: Flow) -> Flow | None:
            changed = old is not None and old.limits.rate != new.limits.rate
            next_start_at = self._clock.now() * MICRO if changed else None
            return new if self._store.put(old, new, next_start_at) else self._store.read(key)

        old, new = change(stored, decide, replaced, self._randomness.token())
        self._reader.forget(key)
        if not new.limits.paused:
            # Also after a repeat: the first request may have failed before this point.
            wake_first(self._queue(), self._store.view(key).tickets)
        return old, new

    def _is_full(self, org: str) -> bool:
        """Count an org's flows. Several requests at once can exceed the limit by a few."""
        flows = every(lambda after: self._store.list_flows(org, after, MAX_FLOWS))
        return sum(1 for _ in islice(flows, MAX_FLOWS)) == MAX_FLOWS
