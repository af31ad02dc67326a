"""What the local stack repairs after a deploy."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from local import gaps


@pytest.mark.parametrize(
    ("mapping", "updates"),
    [
        (
            {"UUID": "m-1", "ScalingConfig": {"MaximumConcurrency": "4"}},
            [{"UUID": "m-1", "ScalingConfig": {"MaximumConcurrency": 4}}],
        ),
        ({"UUID": "m-1"}, []),
    ],
    ids=["workers", "pollers"],
)
def test_a_limit_of_workers_becomes_a_number_if_there_is_one(
    mapping: dict[str, Any], updates: list[dict[str, Any]]
) -> None:
    made: list[dict[str, Any]] = []
    functions = SimpleNamespace(
        list_event_source_mappings=lambda **_: {"EventSourceMappings": [mapping]},
        update_event_source_mapping=lambda **asked: made.append(asked),
    )
    at: Any = SimpleNamespace(client=lambda _: functions)

    gaps.limit_workers(at, {"WorkerName": "worker"})

    assert made == updates
