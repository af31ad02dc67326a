"""The table's rows: the conversion between each kind of item and its object.

A row holds its content as one JSON attribute, which is cheaper to decode than thirty. Other attributes are
those that DynamoDB must see: keys, index keys, the TTL attribute, and `written_by` for conditional writes.

During a deploy and after a rollback, old code meets rows of newer code. What it does not know in a job or a
schedule, it keeps and writes back. See "Deploys and rollbacks" in docs/design.md.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import (
    SECOND,
    Callback,
    Delivery,
    Execution,
    FlowKey,
    Job,
    JobError,
    Lease,
    Millis,
    Movement,
    Payload,
    Progress,
    Reservation,
    Status,
    Trace,
)
from claimcheck.domain.json_text import compact
from claimcheck.domain.ports import shard_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

Item = dict[str, Any]

PARTS = {
    "lease": Lease,
    "progress": Progress,
    "input": Payload,
    "result": Payload,
    "error": JobError,
    "callback": Callback,
}
LEDGER = "LEDGER#"
# Fields of a job that are attributes and not in the document: a row of up to 1 KB costs half of a larger one.
SEEN = ("job_id", "org", "created_at", "written_by", "due_at")
KEY = ("pk", "sk")
# The fields that are stored under their own names. The others hold what this code does not know.
STORED = tuple(name for name in Job._fields if name not in ("trace", "unknown", "attributes"))
JOB_ATTRIBUTES = {*KEY, *SEEN, "job", "input", "result", "due_shard", "failed_at", "delete_at", "trace"}


def job_key(job_id: str) -> Item:
    return {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}}


def job_item(job: Job) -> Item:
    item = {**job.attributes, **job_key(job.job_id)} | {
        "org": {"S": job.org},
        "created_at": {"N": str(job.created_at)},
        "written_by": {"S": job.written_by},
        "job": {"S": _document(job, without=SEEN)},
    }
    for name, payload in (("input", job.input), ("result", job.result)):
        if payload is not None and payload.text is not None:
            item[name] = {"S": payload.text}
    if job.trace is not None:
        # An attribute, which code of version 0.1 ignores. It does not know how to ignore a field.
        item["trace"] = {"S": " ".join(filter(None, job.trace))}
    if job.due_at is not None:
        item |= due(shard_of(job.job_id), job.due_at)
    if job.failed_at is not None:
        # The key of the index `by_failure`, in which only failed jobs are.
        item["failed_at"] = {"N": str(job.failed_at)}
    if job.delete_at is not None:
        item["delete_at"] = seconds(job.delete_at)
    return item


def job_of(item: Item) -> Job:
    document = json.loads(item["job"]["S"]) | {
        "job_id": item["pk"]["S"].removeprefix("JOB#"),
        "org": item["org"]["S"],
        "created_at": int(item["created_at"]["N"]),
        "written_by": item["written_by"]["S"],
        "due_at": int(item["due_at"]["N"]) if "due_at" in item else None,
    }
    for name in ("input", "result"):
        if name in item:
            document[name]["text"] = item[name]["S"]
    trace = Trace(*item["trace"]["S"].split(" ", 1)) if "trace" in item else None
    return _job(document)._replace(trace=trace, attributes=left_over(item, JOB_ATTRIBUTES))


def left_over(found: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    """Return what this code does not know of an item or a document."""
    return {name: value for name, value in found.items() if name not in known}


def known_part(found: Mapping[str, Any], known: Container[str]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in known}


def due(shard: int, due_at: Millis) -> Item:
    """Return the key attributes of the index `by_due`."""
    return {"due_shard": {"N": str(shard)}, "due_at": {"N": str(due_at)}}


def record_item(job: Job, record: Execution | Delivery) -> Item:
    document = record._asdict()
    if isinstance(record, Execution):
        document["due_at"] = document.pop("scheduled_at")
        document["error"] = record.error and _written(record.error)
    name, prefix = ("execution", "EXEC#") if isinstance(record, Execution) else ("delivery", "CALL#")
    return job_key(job.job_id) | {
        "sk": {"S": f"{prefix}{record.number:012}"},
        "delete_at": seconds(job.last_needed),
        name: {"S": compact(document)},
    }


def execution_of(item: Item) -> Execution:
    document = json.loads(item["execution"]["S"])
    if document["error"] is not None:
        document["error"] = _part(JobError, document["error"])
    document["scheduled_at"] = document.pop("due_at", None)
    return Execution(**known_part(document, Execution._fields))


def delivery_of(item: Item) -> Delivery:
    return Delivery(**known_part(json.loads(item["delivery"]["S"]), Delivery._fields))


def reservation_key(org: str, key_hash: str) -> Item:
    return {"pk": {"S": f"IDEM#{org}#{key_hash}"}, "sk": {"S": "IDEM"}}


def reservation_item(key_hash: str, reservation: Reservation) -> Item:
    item = reservation_key(reservation.accepted.org, key_hash) | {
        "fingerprint": {"S": reservation.fingerprint},
        "expires_at": {"N": str(reservation.expires_at)},
        "delete_at": seconds(reservation.expires_at),
        "job": {"S": _document(reservation.accepted)},
    }
    return item | ({"existing": {"BOOL": True}} if reservation.existing else {})


def reservation_of(item: Item) -> Reservation:
    accepted = _job(json.loads(item["job"]["S"]))
    expires_at = int(item["expires_at"]["N"])
    return Reservation(item["fingerprint"]["S"], accepted, expires_at, "existing" in item)


def org_key(org: str) -> Item:
    return {"pk": {"S": f"ORG#{org}"}, "sk": {"S": "ORG"}}


def credits_of(item: Item) -> int:
    return int(item.get("credits", {"N": "0"})["N"])


def movement_item(org: str, movement: Movement, token: str) -> Item:
    return org_key(org) | {
        "sk": {"S": f"{LEDGER}{movement.at:015}#{movement.reason}#{token}"},
        "movement": {"S": compact(movement._asdict())},
    }


def movement_of(item: Item) -> Movement:
    return Movement(**known_part(json.loads(item["movement"]["S"]), Movement._fields))


def _document(job: Job, without: tuple[str, ...] = ()) -> str:
    """Return the JSON of a job, except empty fields, `without`, and payload texts, which are attributes."""
    document: dict[str, Any] = {}
    for name in STORED:
        value = getattr(job, name)
        if value is None or value is False or value in ({}, ()) or name in without:
            continue
        document[name] = _written(value) if name in PARTS else value
    unknown = job.unknown
    if "status" in unknown and job.status is not Status.PROCESSING:
        unknown = left_over(unknown, {"status"})
    return compact({**document, **unknown})


def _job(document: dict[str, Any]) -> Job:
    unknown, known = left_over(document, STORED), known_part(document, STORED)
    for name, part in PARTS.items():
        if name in known:
            known[name] = _part(part, known[name])
    try:
        known["status"] = Status(known["status"])
    except ValueError:
        # Of newer code: kept until this code gives the job another status.
        unknown["status"] = known["status"]
        known["status"] = Status.PROCESSING
    if "flow" in known:
        known["flow"] = FlowKey(*known["flow"])
    known["needs"] = tuple(known.get("needs", ()))
    return Job(**known, unknown=unknown)


def _part(kind: Any, document: dict[str, Any]) -> Any:
    known = known_part(document, [name for name in kind._fields if name != "unknown"])
    return kind(**known, unknown=left_over(document, known))


def _written(part: Any) -> dict[str, Any]:
    document = {k: v for k, v in part._asdict().items() if v is not None and k not in ("text", "unknown")}
    return {**document, **part.unknown}


def seconds(at: Millis) -> Item:
    """Return a TTL attribute: whole seconds, rounded up so that no row is deleted early."""
    return {"N": str(-(-at // SECOND))}
