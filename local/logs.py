"""The logs of a local stack's functions, as one stream that people can read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local.stack import Stack

# Lambda's own lines about an invocation.
PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ")
SHOWN_ELSEWHERE = {"level", "location", "message", "timestamp", "service", "traceback"}


def read(running: Stack, text: str = "") -> Iterator[str]:
    """Yield the lines that contain `text`, oldest first."""
    client = running.endpoint.client("logs")
    events = []
    for page in client.get_paginator("describe_log_groups").paginate(
        logGroupNamePrefix=f"/{running.stack_name}/"
    ):
        for group in page["logGroups"]:
            function = group["logGroupName"].rpartition("/")[2]
            pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            events += [
                (each["timestamp"], function, each["message"]) for found in pages for each in found["events"]
            ]
    for timestamp, function, message in sorted(events, key=lambda event: event[0]):
        if text in message and not message.startswith(PLATFORM):
            yield render(timestamp, function, message.rstrip())


def render(timestamp: int, function: str, message: str) -> str:
    """Return a log line as text. `timestamp` is in epoch milliseconds."""
    time = datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    try:
        fields: Any = json.loads(message)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return f"{time}  {function:<10}  {message}"
    if "_aws" in fields:
        shown = {name: fields.get(name) for name in ("job_id", "org", "type", "status", "error_code")}
        fields = {
            "level": "INFO",
            "message": "job ended",
            **{name: value for name, value in shown.items() if value},
        }
    rest = [f"{name}={_text(value)}" for name, value in fields.items() if name not in SHOWN_ELSEWHERE]
    line = "  ".join(
        [time, f"{function:<10}", f"{fields.get('level', ''):<7}", f"{fields.get('message', '')}", *rest]
    )
    return "\n    ".join([line, *fields.get("traceback", "").splitlines()])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
