"""Schedules to store, as a request creates them."""

from __future__ import annotations

from typing import Any

from claimcheck.domain.job import HOUR
from claimcheck.domain.recurrence import Cron
from claimcheck.domain.schedules import Schedule
from tests.kit.jobs import NOW, RANDOMNESS, new_org


def new_schedule(**changes: Any) -> Schedule:
    defaults: dict[str, Any] = {
        "org": new_org(),
        "name": "nightly",
        "plan": "free",
        "recurrence": Cron("0 9 * * *", "Europe/Vienna"),
        "type": "echo",
        "input": '{"text":"hello"}',
        "created_at": NOW,
        "updated_at": NOW,
        "next_at": NOW + HOUR,
        "written_by": RANDOMNESS.token(),
    }
    return Schedule(**defaults | changes)
