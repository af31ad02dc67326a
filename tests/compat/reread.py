"""Read rows and write them again, with the code on the path: `python reread.py FILE`.

It exits with 1 if a row cannot be read, or is not written as it was read. A former release runs it on rows of
this code, so it uses only what both have.
"""

import json
import sys
from pathlib import Path
from typing import Any

from claimcheck.aws.dynamodb import rows, schedule_rows
from claimcheck.aws.dynamodb.key_store import api_key_of

# Attributes that 0.1 does not keep: without it, disabling a key does not pause a schedule.
LOST = {"key_id"}
# Attributes that newer code adds to any row of a kind that it writes.
GAINED = {"failed_at"}


def rewritten(item: dict[str, Any]) -> dict[str, Any]:
    kind = item["sk"]["S"].partition("#")[0]
    match kind:
        case "JOB":
            return rows.job_item(rows.job_of(item))
        case "SCHEDULE":
            return schedule_rows.schedule_item(schedule_rows.schedule_of(item))
        case "IDEM":
            reservation = rows.reservation_of(item)
            return rows.reservation_item(item["pk"]["S"].rpartition("#")[2], reservation) | {"pk": item["pk"]}
        case "EXEC":
            rows.execution_of(item)
        case "CALL":
            rows.delivery_of(item)
        case "LEDGER":
            rows.movement_of(item)
        case "KEY":
            api_key_of(item)
        case "ORG":
            rows.credits_of(item)
        case "RUN" | "RATE" | "HOUR" | "DAY" | "SECRET":
            pass
        case _:
            raise ValueError(f"an unknown kind of row: {kind}")
    return item


def main(file: str) -> int:
    wrong = 0
    for item in json.loads(Path(file).read_text())["items"]:
        place = f"{item['pk']['S']} {item['sk']['S']}"
        try:
            again = {k: v for k, v in rewritten(item).items() if k in item or k not in GAINED}
        except Exception as error:  # noqa: BLE001 - all rows are tried
            print(f"{place}: {type(error).__name__}: {error}")
            wrong += 1
            continue
        if again not in (item, {name: value for name, value in item.items() if name not in LOST}):
            print(f"{place}: written differently:\n{item}\n{again}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
