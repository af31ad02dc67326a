"""What of a request's head its author may decide: everything but what frames or routes the message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from claimcheck.outbound.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

# RFC 9110, section 5.6.2.
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# RFC 9110, section 5.5, without obs-text: new fields are in US-ASCII.
VALUE = re.compile(r"[\t\x20-\x7e]*")

# Hop-by-hop (RFC 9110, section 7.6.1, and RFC 2616, section 13.5.1); what frames the message (RFC 9112,
# section 6) or routes it (RFC 9110, section 7.2); and `Expect`, whose answer we would not wait for.
FORBIDDEN = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def check_method(method: str) -> None:
    """Raises: RequestRefused."""
    if not TOKEN.fullmatch(method) or method.upper() == "CONNECT":
        raise RequestRefused(
            "malformed_method", "the method must be a token (RFC 9110, section 9), not CONNECT"
        )


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises: RequestRefused, whose message names the header but never quotes its value."""
    seen = set()
    for name, value in headers.items():
        if not TOKEN.fullmatch(name):
            raise RequestRefused("malformed_header", f"{name[:100]!r} is no header name")
        if name.lower() in FORBIDDEN:
            raise RequestRefused("forbidden_header", f"the header {name} is not the caller's to send")
        if not VALUE.fullmatch(value):
            message = f"the header {name[:100]} must be printable ASCII, without line breaks"
            raise RequestRefused("malformed_header", message)
        if name.lower() in seen:
            raise RequestRefused("malformed_header", f"the header {name[:100]} stands more than once")
        seen.add(name.lower())
