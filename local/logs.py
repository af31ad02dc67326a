"""The logs of a local stack's functions, as one stream that people can read."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local.stack import Stack

# Lambda's own lines about an invocation.
PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ")
LATE = 900_000  # ms: the longest invocation
# The names of metrics that count events of a job.
EVENTS = {"JobsAccepted": "job accepted", "JobsEnded": "job ended", "Repeats": "job repeats"}
SHOWN_ELSEWHERE = {"level", "location", "message", "timestamp", "service", "traceback"}


class Tail:
    """Reads the logs of a stack. Each call of `read` goes on where the last one ended."""

    def __init__(self, running: Stack, since: float = 0) -> None:
        """`since` is in epoch seconds."""
        self._client = running.endpoint.client("logs")
        self._prefix = f"/{running.stack_name}/"
        self._since = int(since * 1000)
        self._read: Counter[tuple[int, str, str]] = Counter()

    def read(self, text: str = "") -> Iterator[str]:
        """Yield the lines that contain `text`, oldest first."""
        groups = self._all("describe_log_groups", "logGroups", logGroupNamePrefix=self._prefix)
        found = Counter(
            (event["timestamp"], name.removeprefix(self._prefix), event["message"])
            for name in [group["logGroupName"] for group in groups]
            for event in self._all("filter_log_events", "events", logGroupName=name, startTime=self._since)
        )
        for timestamp, function, message in sorted((found - self._read).elements()):
            if text in message and not message.startswith(PLATFORM):
                yield render(timestamp, function, message.rstrip())
        # An invocation's lines arrive when it ends, so they can be older than those already read.
        self._read = found
        self._since = max([self._since, *(timestamp - LATE for timestamp, _, _ in found)])

    def _all(self, operation: str, key: str, **given: Any) -> Iterator[dict[str, Any]]:
        """Yield the entries under a key of all pages of an answer."""
        for page in self._client.get_paginator(operation).paginate(**given):
            yield from page[key]


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
        fields = _event(fields)
    rest = [f"{name}={_text(value)}" for name, value in fields.items() if name not in SHOWN_ELSEWHERE]
    line = "  ".join(
        [time, f"{function:<10}", f"{fields.get('level', ''):<7}", f"{fields.get('message', '')}", *rest]
    )
    return "\n    ".join([line, *fields.get("traceback", "").splitlines()])


def _event(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what metrics in the embedded metric format count, as a log line."""
    [declared] = fields["_aws"]["CloudWatchMetrics"]
    first = declared["Metrics"][0]["Name"]
    shown = {name: fields.get(name) for name in ("job_id", "org", "type", "status", "outcome", "error_code")}
    return {
        "level": "INFO",
        "message": EVENTS.get(first, f"{first} {fields.get(first)}"),
        **{name: value for name, value in shown.items() if value},
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
