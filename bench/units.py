"""A job's DynamoDB units, computed from the functions' real requests.

`capacity` has the rules. A test of the local stack compares them with the units that the stack reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.figures import Figure, Findings
from tests.kit.measuring.capacity import WRITE_UNIT, item_size
from tests.kit.measuring.life import observe

if TYPE_CHECKING:
    from tests.kit.measuring.life import Life, Observed


def measure() -> Findings:
    return findings(observe())


def findings(observed: Observed) -> Findings:
    warm, keyed, unique, limited = observed.warm, observed.keyed, observed.unique, observed.limited
    puts = [each.consumed for each in warm.work.own if each.operation == "dynamodb.PutItem"]
    claim, end = (consumed.written for consumed in puts if consumed is not None)
    two_rows = "submission: a transaction of two rows, and the index entries"
    waits = "write units with a wait in a flow's line: 23, and 2 to make the flow due"
    rows = [
        ("writes", "write units of an immediate job", warm.consumed.written, 6.0),
        ("writes_submit", "submission: the row, and an entry in each index", _submitted(warm), None),
        ("writes_claim", "claim: the row", claim, None),
        ("writes_end", "end: the row, and the index entry that is deleted", end, None),
        ("writes_keyed", "write units with an `Idempotency-Key`", keyed.consumed.written, 9.0),
        ("writes_submit_keyed", two_rows, _submitted(keyed), None),
        ("writes_unique", "write units with a `unique_key`", unique.consumed.written, 12.0),
        ("writes_flow", "write units in a flow that lets the job start at once", limited.written, 12.0),
        ("writes_line", waits, observed.waited.written, 25.0),
        ("writes_failed", "write units of a job that fails", observed.failed.consumed.written, 7.0),
        ("reads_poll", "read units of a poll", max(poll.consumed.read for poll in warm.polls), 1.0),
    ]
    figures = [Figure(name, what, value, most=most, kept=True) for name, what, value, most in rows]
    return Findings(figures=[*figures, *_bytes(warm)])


def _submitted(life: Life) -> float:
    return life.submit.consumed.written


def _bytes(life: Life) -> list[Figure]:
    """Return the sizes of rows. They vary: DynamoDB stores numbers without trailing zeros."""
    rows = [each.params["Item"] for part in life.parts for each in part.own if "Item" in each.params]
    payloads = [row.get("input", row.get("result"))["S"] for row in rows]
    own = max(item_size(row) - len(text.encode()) for row, text in zip(rows, payloads, strict=True))
    largest = max(map(item_size, rows))
    what = "the largest row without its input or result"
    return [
        Figure("row", "the largest row of the job", largest, unit="bytes", most=WRITE_UNIT),
        Figure("row_own", what, own, unit="bytes"),
    ]
