"""Compact JSON text, with size limits for handlers' data in rows."""

import json
from typing import Any

# Bytes of UTF-8. DynamoDB bills every write by the row's KiB.
DETAILS_LIMIT = 4 * 1024
STATE_LIMIT = 16 * 1024


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def bounded(value: Any, limit: int, what: str) -> str:
    """Return the value as JSON text.

    Raises: ValueError, which names `what`, if it is not JSON or larger than `limit` bytes.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what} must be JSON: {type(error).__name__}") from error
    if size > limit:
        raise ValueError(f"{what} must be at most {limit:,} bytes as JSON, not {size:,}")
    return text


def noted(before: dict[str, Any] | None, more: dict[str, Any]) -> dict[str, Any]:
    """Return an execution's details with `more` added. Raises: ValueError, as `bounded` does."""
    details: dict[str, Any] = json.loads(bounded({**(before or {}), **more}, DETAILS_LIMIT, "details"))
    return details
