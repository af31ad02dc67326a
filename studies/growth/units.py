"""Write units of the table and of each index, computed from the engine's rows.

"If you delete an item ... or update ... the index key attribute ... two writes are required, one to delete
the previous item from the index and another write to put the new item" (Amazon DynamoDB Developer Guide,
"Using Global Secondary Indexes in DynamoDB", "Write capacity units").
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from claimcheck.aws.dynamodb import rows
from claimcheck.domain.job import MINUTE, Execution, Payload
from studies.growth.moves import NOW
from tests.kit.jobs import new_job
from tests.kit.measuring.capacity import TRANSACTION, WRITE_UNIT, item_size

if TYPE_CHECKING:
    from collections.abc import Mapping


class Units(NamedTuple):
    """Write units of the table and of each index."""

    table: int
    by_org: int = 0
    by_due: int = 0

    @property
    def total(self) -> int:
        return sum(self)


class Costs(NamedTuple):
    put: Units
    claim: Units
    end: Units
    reschedule: Units
    move: Units


@cache
def costs() -> Costs:
    """Return the units of a plain job's writes. Its rows are under 1 KB."""
    new = new_job(created_at=NOW)
    claimed = new.claimed(NOW, "t" * 32, MINUTE)
    waiting = claimed.rescheduled(NOW, NOW + MINUTE, 1)
    ended = claimed.ended(NOW, result=Payload(16, "{}"))
    execution = Execution(1, 1, NOW, NOW, "retry")
    return Costs(
        put=units(None, rows.job_item(new)),
        claim=units(rows.job_item(new), rows.job_item(claimed)),
        end=units(rows.job_item(claimed), rows.job_item(ended)),
        reschedule=_together(
            units(rows.job_item(claimed), rows.job_item(waiting)),
            units(None, rows.record_item(waiting, execution)),
        ),
        move=units(rows.job_item(new), rows.job_item(new.swept(NOW + 2 * MINUTE))),
    )


def _together(*writes: Units) -> Units:
    """Return the units of a transaction, which writes each item of the table twice."""
    table, by_org, by_due = (sum(each) for each in zip(*writes, strict=True))
    return Units(TRANSACTION * table, by_org, by_due)


def units(old: Mapping[str, rows.Item] | None, new: rows.Item) -> Units:
    """Return the units of a write, which is charged by the larger of the old and the new item."""
    largest = max(item_size(dict(old or {})), item_size(new))
    return Units(
        -(-largest // WRITE_UNIT),
        _index(old or {}, new, ("org", "created_at")),
        _index(old or {}, new, ("due_shard", "due_at")),
    )


def _index(old: Mapping[str, rows.Item], new: rows.Item, keys: tuple[str, str]) -> int:
    before, after = ([item.get(key) for key in keys] for item in (old, new))
    if before == after:
        return 0
    return (None not in before) + (None not in after)
