"""The orgs' credits. Charges and refunds are parts of the transaction that writes the job."""

from collections.abc import Sequence

from claimcheck.aws.dynamodb import rows
from claimcheck.aws.dynamodb.rows import LEDGER
from claimcheck.aws.dynamodb.table import Part, Table, name_of
from claimcheck.domain.errors import InsufficientCredits
from claimcheck.domain.job import Job, Millis, Movement
from claimcheck.domain.ports import Page


class DynamoDBCreditStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def credits(self, org: str) -> int:
        return rows.credits_of(self._table.get(rows.org_key(org)) or {})

    def add_credits(self, org: str, amount: int, at: Millis, token: str) -> None:
        self._table.write(_credit(self._table, org, Movement(at, amount, "added"), token))

    def ledger(self, org: str, limit: int, after: str | None = None) -> Page[Movement]:
        items = self._table.newest(rows.org_key(org)["pk"], LEDGER, limit + 1, after)
        last = name_of(items[limit - 1], LEDGER) if len(items) > limit else None
        return Page([rows.movement_of(item) for item in items[:limit]], last)


def charge(table: Table, jobs: Sequence[Job]) -> list[Part]:
    """Return the parts that charge an org for jobs with a price, if it has the credits for all of them."""
    org, price = jobs[0].org, sum(job.charge for job in jobs)
    change, values = "SET credits = credits - :price", {":price": {"N": str(price)}}
    debit = table.update(rows.org_key(org), change, values, "credits >= :price")

    def insufficient(found: rows.Item) -> Exception:
        return InsufficientCredits(price, rows.credits_of(found))

    movements = [Movement(job.created_at, -job.charge, "charged", job.job_id) for job in jobs]
    entries = [_entry(table, org, each, each.job_id or "") for each in movements]
    return [Part(debit, insufficient), *entries]


def refund(table: Table, job: Job) -> list[Part]:
    assert job.ended_at is not None
    return _credit(table, job.org, Movement(job.ended_at, job.refund, "refunded", job.job_id), job.job_id)


def _credit(table: Table, org: str, movement: Movement, token: str) -> list[Part]:
    values = {":amount": {"N": str(movement.amount)}}
    update = table.update(rows.org_key(org), "ADD credits :amount", values)
    return [Part(update), _entry(table, org, movement, token)]


def _entry(table: Table, org: str, movement: Movement, token: str) -> Part:
    """Return the put of a ledger entry. A repeated movement has the same key and is refused."""
    return Part(table.put(rows.movement_item(org, movement, token), "attribute_not_exists(pk)"))
