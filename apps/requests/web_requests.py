"""Fields of an input that describe a request, validated by the rules of the outbound client.

Loopback addresses are allowed here, because only the worker knows whether they are.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from claimcheck.authoring import JobModel, at_most
from claimcheck.outbound import RequestRefused, check_headers, check_method, check_url

MAX_BODY = 256 * 1024
MAX_URL = 8192
MAX_HEADERS = 64
MAX_RETRIES = 20
# The prefix of headers that only the worker sends.
OURS = "claimcheck-"


def _checked(check: Callable[..., object], given: Any, **options: bool) -> Any:
    """Return what was given. Raises: ValueError instead of RequestRefused."""
    try:
        check(given, **options)
    except RequestRefused as error:
        raise ValueError(error.message) from None
    return given


checked_url = partial(_checked, check_url, allow_loopback=True)


def checked_headers(headers: dict[str, str]) -> dict[str, str]:
    _checked(check_headers, headers)
    if any(name.lower().startswith(OURS) for name in headers):
        raise ValueError("headers that start with Claimcheck- are reserved: remove them")
    return headers


def _body(body: str) -> str:
    if len(body.encode()) > MAX_BODY:
        raise ValueError(f"a body has at most {MAX_BODY:,} bytes in UTF-8")
    return body


Url = Annotated[
    str,
    Field(
        max_length=MAX_URL,
        description="An https URL of a public address, without credentials. ASCII; other characters must be "
        "percent-encoded.",
        examples=["https://app.example.com/api/exports/check"],
        json_schema_extra={"format": "uri"},
    ),
    AfterValidator(checked_url),
]
Method = Annotated[
    str,
    Field(pattern="^[A-Z][A-Z-]{0,31}$", description="In capitals. Not CONNECT.", examples=["POST"]),
    AfterValidator(partial(_checked, check_method)),
]
UncheckedHeaders = Annotated[
    dict[str, Annotated[str, Field(max_length=8192)]],
    Field(
        max_length=MAX_HEADERS,
        description="Printable ASCII. Not allowed: headers of the connection (such as `Connection`, "
        "`Transfer-Encoding`, `Content-Length`, `Host`) and names that start with `Claimcheck-`. The default "
        "`User-Agent` is `Claimcheck`.",
        examples=[{"Content-Type": "application/json"}],
    ),
    BeforeValidator(at_most(MAX_HEADERS, "headers")),
]
Headers = Annotated[UncheckedHeaders, AfterValidator(checked_headers)]
Body = Annotated[
    str,
    Field(
        max_length=MAX_BODY,
        description="At most 256 KiB (262,144 bytes) in UTF-8.",
        examples=['{"task_id": "task_abc"}'],
    ),
    AfterValidator(_body),
]
Retries = Annotated[int, Field(ge=0, le=MAX_RETRIES, examples=[3])]
Timeout = Annotated[
    int,
    Field(
        ge=1,
        le=60,
        description="The time limit of one request in seconds, from the DNS lookup to the end of the answer.",
        examples=[30],
    ),
]


class WebRequest(JobModel):
    url: Url
    method: Method = "POST"
    headers: Headers = {}  # noqa: RUF012 - pydantic copies defaults
    body: Body = ""
