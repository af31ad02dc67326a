"""The one way to other people's servers, for addresses that customers choose.

`Outbound.request` sends what a customer wrote to where a customer pointed, so it cannot be turned
inward: only https, only to public addresses, to the very address that was checked, without redirects
or the environment's proxies, and all within one time and one size. (OWASP, "Server-Side Request Forgery
Prevention Cheat Sheet", is where the dangers are listed.)

What a URL and headers may be is in `target` and `headers`, and needs no network; only a request imports
what does (`names`, `wire`, `exchange`).
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
