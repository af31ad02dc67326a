"""The table's rows: what each kind of item looks like, and what it means.

A row carries its content as one JSON document, because decoding one attribute is cheaper than
decoding thirty, and beside it what DynamoDB itself must see: keys, index keys, the TTL
attribute, and `written_by`, which every conditional write compares.
"""

from __future__ import annotations

import json
from typing import Any

from claimcheck.domain.job import (
    SECOND,
    Callback,
    Delivery,
    Execution,
    Job,
    JobError,
    Lease,
    Movement,
    Payload,
    Progress,
    Reservation,
    Status,
)
from claimcheck.domain.json_text import compact
from claimcheck.domain.shards import shard_of

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
# Fields of an execution that its row has under another name.
STORED_AS = {"scheduled_at": "due_at"}
# What DynamoDB must see of a job is told once: a row of up to 1 KB costs half of a larger one.
SEEN = ("job_id", "org", "created_at", "written_by", "due_at")


def job_key(job_id: str) -> Item:
    return {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}}


def job_item(job: Job) -> Item:
    item = job_key(job.job_id) | {
        "org": {"S": job.org},
        "created_at": {"N": str(job.created_at)},
        "written_by": {"S": job.written_by},
        "job": {"S": _document(job, without=SEEN)},
    }
    for name, payload in (("input", job.input), ("result", job.result)):
        if payload is not None and payload.text is not None:
            item[name] = {"S": payload.text}
    if job.due_at is not None:
        item |= {"due_shard": {"N": str(shard_of(job.job_id))}, "due_at": {"N": str(job.due_at)}}
    if job.delete_at is not None:
        item["delete_at"] = _seconds(job.delete_at)
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
    return _job(document)


def execution_key(job_id: str, number: int) -> Item:
    return {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": f"EXEC#{number:012}"}}


def execution_item(job: Job, execution: Execution) -> Item:
    return execution_key(job.job_id, execution.number) | {
        "delete_at": _seconds(job.last_needed),
        "execution": {"S": compact(_execution(execution))},
    }


def execution_of(item: Item) -> Execution:
    document = json.loads(item["execution"]["S"])
    if document["error"] is not None:
        document["error"] = JobError(**document["error"])
    document["scheduled_at"] = document.pop("due_at", None)
    return Execution(**document)


def delivery_item(job: Job, delivery: Delivery) -> Item:
    return {
        "pk": {"S": f"JOB#{job.job_id}"},
        "sk": {"S": f"CALL#{delivery.number:012}"},
        "delete_at": _seconds(job.last_needed),
        "delivery": {"S": compact(delivery._asdict())},
    }


def delivery_of(item: Item) -> Delivery:
    return Delivery(**json.loads(item["delivery"]["S"]))


def reservation_key(org: str, key_hash: str) -> Item:
    return {"pk": {"S": f"IDEM#{org}#{key_hash}"}, "sk": {"S": "IDEM"}}


def reservation_item(key_hash: str, reservation: Reservation) -> Item:
    return reservation_key(reservation.accepted.org, key_hash) | {
        "fingerprint": {"S": reservation.fingerprint},
        "expires_at": {"N": str(reservation.expires_at)},
        "delete_at": _seconds(reservation.expires_at),
        "job": {"S": _document(reservation.accepted)},
    }


def reservation_of(item: Item) -> Reservation:
    accepted = _job(json.loads(item["job"]["S"]))
    return Reservation(item["fingerprint"]["S"], accepted, int(item["expires_at"]["N"]))


def org_key(org: str) -> Item:
    return {"pk": {"S": f"ORG#{org}"}, "sk": {"S": "ORG"}}


def credits_of(item: Item) -> int:
    """An org that never had any has none."""
    return int(item.get("credits", {"N": "0"})["N"])


def movement_item(org: str, movement: Movement, token: str) -> Item:
    return org_key(org) | {
        "sk": {"S": f"{LEDGER}{movement.at:015}#{movement.reason}#{token}"},
        "movement": {"S": compact(movement._asdict())},
    }


def movement_of(item: Item) -> Movement:
    return Movement(**json.loads(item["movement"]["S"]))


def document_sk(kind: str, name: str) -> str:
    return f"{kind.upper()}#{name}"


def document_item(org: str, kind: str, name: str, text: str) -> Item:
    return org_key(org) | {"sk": {"S": document_sk(kind, name)}, "document": {"S": text}}


def document_of(item: Item) -> tuple[str, str]:
    """Its name and its text."""
    return item["sk"]["S"].partition("#")[2], item["document"]["S"]


def _execution(execution: Execution) -> dict[str, Any]:
    document = {STORED_AS.get(name, name): value for name, value in execution._asdict().items()}
    return document | {"error": execution.error._asdict() if execution.error else None}


def _document(job: Job, without: tuple[str, ...] = ()) -> str:
    """Everything but what is absent, what is told elsewhere, and payload texts, which have attributes of
    their own."""
    document: dict[str, Any] = {}
    for name in Job._fields:
        value = getattr(job, name)
        if value is None or value == {} or name in without:
            continue
        if name in PARTS:
            value = {k: v for k, v in value._asdict().items() if v is not None and k != "text"}
        document[name] = value
    return compact(document)


def _job(document: dict[str, Any]) -> Job:
    for name, part in PARTS.items():
        if name in document:
            document[name] = part(**document[name])
    document["status"] = Status(document["status"])
    return Job(**document)


def _seconds(at: int) -> Item:
    """DynamoDB's TTL attribute is a number of whole seconds; rounded up, so that nothing goes early."""
    return {"N": str(-(-at // SECOND))}
