"""Flows to store, as a request creates them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.domain.flows import Flow, Limits
from claimcheck.domain.job import FlowKey
from tests.kit.jobs import NOW, RANDOMNESS, new_job, new_org

if TYPE_CHECKING:
    from claimcheck.testing import MemoryFlowStore


def new_flow(**changes: Any) -> Flow:
    defaults: dict[str, Any] = {
        "org": new_org(),
        "name": "renderer",
        "limits": Limits(3),
        "created_at": NOW,
        "updated_at": NOW,
        "written_by": RANDOMNESS.token(),
    }
    return Flow(**defaults | changes)


def full_flow(store: MemoryFlowStore, org: str = "acme") -> str:
    """Store a flow in whose line no more jobs may wait, and return its name."""
    store.put(None, new_flow(org=org, name="full", limits=Limits(1, max_waiting=1)))
    job = new_job(org=org, flow=FlowKey(org, "full"))
    store.move(job, job.in_line(NOW))
    return "full"
