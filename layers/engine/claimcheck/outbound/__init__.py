"""Requests to URLs that customers choose, safe against server-side request forgery.

`Outbound.request` uses only https, only public addresses, and only the address that was checked. It follows
no redirects, uses no proxies, and has one time limit and one size limit (OWASP, "Server-Side Request Forgery
Prevention Cheat Sheet").

The checks of URLs and headers, in `target` and `headers`, need no network. Only a request imports `names`,
`wire` and `exchange`.
"""

from claimcheck.outbound.answer import Answer, retry_after
from claimcheck.outbound.client import Outbound
from claimcheck.outbound.errors import (
    AnswerBroken,
    AnswerTooLarge,
    OutboundError,
    RequestRefused,
    TimedOut,
    Unreachable,
)
from claimcheck.outbound.headers import check_headers, check_method
from claimcheck.outbound.redaction import REDACTED, redacted_headers, redacted_url
from claimcheck.outbound.target import check_url

__all__ = [
    "REDACTED",
    "Answer",
    "AnswerBroken",
    "AnswerTooLarge",
    "Outbound",
    "OutboundError",
    "RequestRefused",
    "TimedOut",
    "Unreachable",
    "check_headers",
    "check_method",
    "check_url",
    "redacted_headers",
    "redacted_url",
    "retry_after",
]
