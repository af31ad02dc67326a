"""Reads of flows, and the checks of a submission that names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from claimcheck.domain.errors import FlowNotFound
from claimcheck.domain.flows import FLOW_NAME, MAX_WAITING
from claimcheck.domain.job import MINUTE, FlowKey, Millis
from claimcheck.service.reader import MAX_PAGE

if TYPE_CHECKING:
    from claimcheck.domain.flows import Flow
    from claimcheck.domain.job import Job
    from claimcheck.domain.ports import Clock, FlowStore, Page

# For this long a known flow is not read again by submissions, as API keys are not. A job of a flow that was
# deleted meanwhile runs without its limits.
TRUST = MINUTE
# The most known flows of a process.
KNOWN = 1000
# A waiting job shows how many are ahead of it, up to this number.
AHEAD = 100


class Usage(NamedTuple):
    """A flow with its running jobs, and its waiting ones up to 10,000."""

    flow: Flow
    running: int
    waiting: int


class FlowReader:
    def __init__(self, store: FlowStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[FlowKey, tuple[Millis, Flow]] = {}

    def get(self, org: str, name: str) -> Usage:
        """Raises: FlowNotFound."""
        key = key_of(org, name)
        view = self._store.view(key)
        if view.flow is None:
            raise FlowNotFound
        return Usage(view.flow, len(view.slots), self._store.waiting(key, MAX_WAITING))

    def list_flows(self, org: str, limit: int, after: str | None) -> Page[Flow]:
        """Return an org's flows by name. A page may be short."""
        return self._store.list_flows(org, after, min(limit, MAX_PAGE))

    def ahead(self, job: Job) -> int:
        """Return how many jobs wait before this one, up to 100."""
        assert job.flow is not None
        waiting = [ticket.job_id for ticket in self._store.view(job.flow).tickets]
        return min(waiting.index(job.job_id) if job.job_id in waiting else len(waiting), AHEAD)

    def knows(self, key: FlowKey) -> bool:
        return self._find(key) is not None

    def has_room(self, key: FlowKey) -> bool:
        """Return whether fewer jobs wait than may. Jobs on their way into the line do not count."""
        flow = self._find(key)
        most = None if flow is None else flow.limits.max_waiting
        return most is None or self._store.waiting(key, most) < most

    def forget(self, key: FlowKey) -> None:
        self._known.pop(key, None)

    def _find(self, key: FlowKey) -> Flow | None:
        if not FLOW_NAME.fullmatch(key.name):
            return None
        now = self._clock.now()
        until, flow = self._known.get(key, (0, None))
        if flow is not None and now < until:
            return flow
        flow = self._store.read(key)
        if flow is not None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[key] = now + TRUST, flow
        return flow


def key_of(org: str, name: str) -> FlowKey:
    """Raises: FlowNotFound for a name that no flow can have."""
    if not FLOW_NAME.fullmatch(name):
        raise FlowNotFound
    return FlowKey(org, name)
