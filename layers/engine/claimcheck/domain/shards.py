"""Which shard of the safety net a row is in: every store must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from claimcheck.domain.ports import SHARDS

if TYPE_CHECKING:
    from claimcheck.domain.schedules import ScheduleKey


def shard_of(job_id: str) -> int:
    """Which of the 16 shards of `by_due` a job is in."""
    return crc32(job_id.encode()) % SHARDS


def schedule_shard(key: ScheduleKey) -> int:
    """Which of the 16 shards of `by_due` a schedule is in."""
    return shard_of("#".join(key))
