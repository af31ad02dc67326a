"""Times in requests. Only submissions, lists of a time and the API's description import this module."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def millis_of(value: object) -> int:
    """Raises: ValueError."""
    message = "must be an RFC 3339 time with an offset, such as 2026-06-12T10:00:15Z"
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValueError(message)
    try:
        return (datetime.fromisoformat(value.upper()) - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise ValueError(message) from None


# Milliseconds since the epoch, from an RFC 3339 time with an offset.
Timestamp = Annotated[
    int, BeforeValidator(millis_of), WithJsonSchema({"type": "string", "format": "date-time"})
]
