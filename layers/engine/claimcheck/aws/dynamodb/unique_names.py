"""The rows of unique names. They change only in the transaction that changes their job.

A row is void once its job has ended or is gone: code that finds a void row deletes it, and continues.
"""

from hashlib import sha256

from claimcheck.aws.dynamodb.rows import Item
from claimcheck.aws.dynamodb.table import Part, Table
from claimcheck.domain.errors import NameTaken
from claimcheck.domain.job import Job


def name_key(org: str, name: str) -> Item:
    """A name has any characters and length, so the key has its hash."""
    hashed = sha256(name.encode()).hexdigest()
    return {"pk": {"S": f"UNIQUE#{org}#{hashed}"}, "sk": {"S": "UNIQUE"}}


def changes(table: Table, job: Job, held: frozenset[str]) -> list[Part]:
    """Return the parts that give a job its names, and take those that it `held` before."""
    # Sorted: a repeat must be the same request.
    given = [_give(table, job, name) for name in sorted(job.unique_names - held)]
    taken = [Part(table.delete(name_key(job.org, name))) for name in sorted(held - job.unique_names)]
    return given + taken


def _give(table: Table, job: Job, name: str) -> Part:
    item = name_key(job.org, name) | {"job_id": {"S": job.job_id}}
    put = table.put(item, "attribute_not_exists(pk)")
    return Part(put, lambda stored: NameTaken(name, stored["job_id"]["S"]))
