"""What comes back."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.domain.job import Millis


class Answer(NamedTuple):
    """Of any status: redirects and errors are answers, too.

    The names in `headers` are lowercase; what came more than once is joined by commas. The body is as it
    was sent: nothing is decompressed, since nothing compressed was asked for.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def retry_after(headers: Mapping[str, str], now: Millis) -> float | None:
    """Seconds from `now` that an answer's `Retry-After` asks to wait, or None when it asks for none.

    Both forms of RFC 9110, section 10.2.3: seconds, or an HTTP date in any of its three formats
    (section 5.6.7). A date that has passed asks for 0; what is neither form asks for nothing.
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
