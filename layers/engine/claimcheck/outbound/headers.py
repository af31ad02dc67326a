"""Checks of a request's method and headers. Its author must not frame or route the message."""

import re
from collections.abc import Mapping

from claimcheck.outbound.errors import RequestRefused

# RFC 9110, section 5.6.2.
TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# RFC 9110, section 5.5, without obs-text: new fields are in US-ASCII.
VALUE = re.compile(r"[\t\x20-\x7e]*")

FORBIDDEN = frozenset().union(
    # Hop-by-hop (RFC 9110, section 7.6.1, and RFC 2616, section 13.5.1).
    ("connection", "http2-settings", "keep-alive", "te", "trailer", "upgrade"),
    ("proxy-authenticate", "proxy-authorization", "proxy-connection"),
    # Framing (RFC 9112, section 6) and routing (RFC 9110, section 7.2).
    ("content-length", "transfer-encoding", "host"),
    # The client does not wait for the answer to this.
    ("expect",),
)


def check_method(method: str) -> None:
    """Raises: RequestRefused."""
    if not TOKEN.fullmatch(method) or method.upper() == "CONNECT":
        raise RequestRefused(
            "malformed_method", "the method must be a token (RFC 9110, section 9), not CONNECT"
        )


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises: RequestRefused. Its message names the header and never quotes its value."""
    seen = set()
    for name, value in headers.items():
        if not TOKEN.fullmatch(name):
            raise RequestRefused("malformed_header", f"{name[:100]!r} is not a valid header name")
        if name.lower() in FORBIDDEN:
            raise RequestRefused("forbidden_header", f"the header {name} must not be set by the caller")
        if not VALUE.fullmatch(value):
            message = f"the header {name[:100]} must be printable ASCII, without line breaks"
            raise RequestRefused("malformed_header", message)
        if name.lower() in seen:
            raise RequestRefused("malformed_header", f"the header {name[:100]} is set more than once")
        seen.add(name.lower())
