"""What an input may say of a request to anybody's server: for every job type that sends one.

What can be said against a request without the network is said here, by the rules that the outbound client
has. Whether it may lead to this machine is a setting, which only the worker knows.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from claimcheck.authoring import at_most
from claimcheck.outbound import RequestRefused, check_headers, check_method, check_url

MAX_BODY = 256 * 1024
MAX_URL = 8192
MAX_HEADERS = 64
MAX_RETRIES = 20
# Names that the worker sends: a receiver may rely on them.
OURS = "claimcheck-"


def checked_url(url: str) -> str:
    """Raises: ValueError, as the others do."""
    try:
        check_url(url, allow_loopback=True)
    except RequestRefused as error:
        raise ValueError(error.message) from None
    return url


def _method(method: str) -> str:
    try:
        check_method(method)
    except RequestRefused as error:
        raise ValueError(error.message) from None
    return method


def checked_headers(headers: dict[str, str]) -> dict[str, str]:
    try:
        check_headers(headers)
    except RequestRefused as error:
        raise ValueError(error.message) from None
    if any(name.lower().startswith(OURS) for name in headers):
        raise ValueError("headers that begin with Claimcheck- are sent by Claimcheck itself")
    return headers


def _body(body: str) -> str:
    if len(body.encode()) > MAX_BODY:
        raise ValueError(f"a body has at most {MAX_BODY:,} bytes in UTF-8")
    return body


Url = Annotated[
    str,
    Field(
        max_length=MAX_URL,
        description=(
            "Where to send it: https, to a public address, without credentials. It is written in ASCII, "
            "everything else percent-encoded."
        ),
        examples=["https://app.example.com/api/exports/check"],
        json_schema_extra={"format": "uri"},
    ),
    AfterValidator(checked_url),
]
Method = Annotated[
    str,
    Field(
        pattern="^[A-Z][A-Z-]{0,31}$",
        description="Any but CONNECT, in capitals.",
        examples=["POST"],
    ),
    AfterValidator(_method),
]
UncheckedHeaders = Annotated[
    dict[str, Annotated[str, Field(max_length=8192)]],
    Field(
        max_length=MAX_HEADERS,
        description=(
            "In printable ASCII. Not among them: what belongs to the connection (such as `Connection`, "
            "`Transfer-Encoding`, `Content-Length`, `Host`) and names that begin with `Claimcheck-`. "
            "`User-Agent` is `Claimcheck` unless it is given."
        ),
        examples=[{"Content-Type": "application/json"}],
    ),
    BeforeValidator(at_most(MAX_HEADERS, "headers")),
]
Headers = Annotated[UncheckedHeaders, AfterValidator(checked_headers)]
Body = Annotated[
    str,
    Field(
        max_length=MAX_BODY,
        description="Sent in UTF-8, in which it has at most 256 KiB (262,144 bytes).",
        examples=['{"task_id": "task_abc"}'],
    ),
    AfterValidator(_body),
]
Timeout = Annotated[
    int,
    Field(
        ge=1,
        le=60,
        description="How long the answer to one request may take, from looking up the name to its end.",
        examples=[30],
    ),
]
