"""The answer to a request."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple

from claimcheck.domain.job import Millis


class Answer(NamedTuple):
    """An answer of any status, also a redirect or an error.

    Names in `headers` are in lower case, repeated headers are joined by commas. A body in gzip or deflate
    is decompressed, and then has no `content-encoding`.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def retry_after(headers: Mapping[str, str], now: Millis) -> float | None:
    """Return the seconds from `now` in an answer's `Retry-After`, or None without a valid one.

    RFC 9110, section 10.2.3: seconds, or an HTTP date in three formats (section 5.6.7). A past date is 0.
    """
    from email.utils import parsedate_to_datetime

    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(moment.timestamp() - now / 1000, 0.0)
