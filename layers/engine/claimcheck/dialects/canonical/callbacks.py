"""How the canonical dialect shows a job's callback and its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.clock import rfc3339

if TYPE_CHECKING:
    from claimcheck.model import Callback, Delivery, Millis


def render_callback(callback: Callback | None, not_before: Millis | None) -> dict[str, Any] | None:
    """`not_before` is when its next try may be, while one is owed."""
    if callback is None:
        return None
    # Only jobs that have one pay for it.
    from claimcheck.outbound.redaction import redacted_url

    return {
        "url": redacted_url(callback.url),
        "status": callback.state,
        "tries": callback.tries,
        "next_try_at": _time(not_before),
        "delivered_at": _time(callback.settled_at if callback.state == "delivered" else None),
        "failed_at": _time(callback.settled_at if callback.state == "failed" else None),
    }


def render_delivery(delivery: Delivery) -> dict[str, Any]:
    error = {"code": delivery.error, "message": delivery.message} if delivery.error else None
    return {
        "number": delivery.number,
        "started_at": rfc3339(delivery.started_at),
        "duration_ms": delivery.duration,
        "status": delivery.status,
        "answer": None if delivery.status is None else delivery.answer,
        "error": error,
    }


def _time(at: Millis | None) -> str | None:
    return None if at is None else rfc3339(at)
