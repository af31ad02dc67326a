"""The shard of a row in `by_due`. All stores use the same."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from claimcheck.domain.ports import SHARDS

if TYPE_CHECKING:
    from claimcheck.domain.job import FlowKey
    from claimcheck.domain.schedules import ScheduleKey


def shard_of(job_id: str) -> int:
    """Return a job's shard, 0 to 15."""
    return crc32(job_id.encode()) % SHARDS


def shard_of_key(key: ScheduleKey | FlowKey) -> int:
    return shard_of("#".join(key))
