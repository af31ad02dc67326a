"""The events of the folder `events`, with a test's key and job."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.kit.deployment import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = PROJECT / "events"
# Placeholders in the files for a caller's own values.
KEY = "cck_live_00000000000000000000000000000000"
JOB_ID = "01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a"


def load(name: str, key: str = KEY, job_id: str = JOB_ID) -> dict[str, Any]:
    text = (FOLDER / f"{name}.json").read_text()
    return dict(json.loads(text.replace(KEY, key).replace(JOB_ID, job_id)))


def with_body(event: dict[str, Any], body: Any, idempotency_key: str | None = None) -> dict[str, Any]:
    """Return the request with another body, and another Idempotency-Key or none."""
    headers = {name: value for name, value in event["headers"].items() if name != "idempotency-key"}
    if idempotency_key is not None:
        headers["idempotency-key"] = idempotency_key
    text = body if isinstance(body, str) else json.dumps(body)
    return event | {"headers": headers | {"content-length": str(len(text.encode()))}, "body": text}


def with_path(event: dict[str, Any], path: str) -> dict[str, Any]:
    context = event["requestContext"]
    http = context["http"] | {"path": path}
    return event | {
        "rawPath": path,
        "pathParameters": {"proxy": path[1:]},
        "requestContext": context | {"http": http},
    }


def batch(messages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return Lambda's event for these messages."""
    (record, *_) = load("wake_ups")["Records"]
    return {
        "Records": [
            record
            | {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "md5OfBody": hashlib.md5(message["Body"].encode()).hexdigest(),
            }
            for message in messages
        ]
    }
