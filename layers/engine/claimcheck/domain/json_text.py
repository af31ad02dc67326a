"""JSON as text: compact wherever it is stored or sent, and bounded where a handler leaves it in a row."""

from __future__ import annotations

import json
from typing import Any

# Bytes of UTF-8. A row is paid for by the KiB, with every write.
DETAILS_LIMIT = 4 * 1024
STATE_LIMIT = 16 * 1024


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def bounded(value: Any, limit: int, what: str) -> str:
    """The value as JSON text. Raises: ValueError, which names `what`, when it is none or too large."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} cannot be said in JSON: {type(error).__name__}") from error
    if size > limit:
        raise ValueError(f"{what}: {size:,} bytes as JSON, and at most {limit:,} are kept")
    return text


def noted(before: dict[str, Any] | None, more: dict[str, Any]) -> dict[str, Any]:
    """The details of an execution once `more` is added to them. Raises: ValueError."""
    details: dict[str, Any] = json.loads(bounded({**(before or {}), **more}, DETAILS_LIMIT, "details"))
    return details
