"""Flows to store, as a request creates them."""

from __future__ import annotations

from typing import Any

from claimcheck.domain.flows import Flow, Limits
from tests.kit.jobs import NOW, RANDOMNESS, new_org


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
