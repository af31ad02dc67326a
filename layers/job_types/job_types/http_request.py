"""What `http_request` takes and gives: one HTTP request, sent when its time has come.

What can be said against a request without the network is said here, by the rules that the outbound
client has. Whether it may lead to this machine is a setting, which only the worker knows.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from claimcheck.catalog import JobModel, JobType, at_most
from claimcheck.outbound import RequestRefused, check_headers, check_method, check_url
from claimcheck.retry import RetryPolicy

MAX_BODY = 256 * 1024
MAX_RETRIES = 20
MAX_HEADERS = 64
# Bytes of the answer that the result holds.
SHOWN = 64 * 1024
# Names that the handler sends: a receiver may rely on them.
OURS = "claimcheck-"


def _url(url: str) -> str:
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


def _headers(headers: dict[str, str]) -> dict[str, str]:
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


class Input(JobModel):
    url: Annotated[
        str,
        Field(
            max_length=8192,
            description=(
                "Where to send it: https, to a public address, without credentials. It is written in ASCII, "
                "everything else percent-encoded."
            ),
            examples=["https://app.example.com/api/exports/check"],
            json_schema_extra={"format": "uri"},
        ),
        AfterValidator(_url),
    ]
    method: Annotated[
        str,
        Field(
            pattern="^[A-Z][A-Z-]{0,31}$",
            description="Any but CONNECT, in capitals.",
            examples=["POST"],
        ),
        AfterValidator(_method),
    ] = "POST"
    headers: Annotated[
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
        AfterValidator(_headers),
        BeforeValidator(at_most(MAX_HEADERS, "headers")),
    ] = {}  # noqa: RUF012 - pydantic copies defaults
    body: Annotated[
        str,
        Field(
            max_length=MAX_BODY,
            description="Sent in UTF-8, in which it has at most 256 KiB (262,144 bytes).",
            examples=['{"task_id": "task_abc"}'],
        ),
        AfterValidator(_body),
    ] = ""
    max_retries: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_RETRIES,
            description=(
                "How often to send it again when there is no connection or no answer in time, or when the "
                "answer is 408, 425, 429 or 5xx. Never more requests than this and one are sent."
            ),
            examples=[3],
        ),
    ] = 3
    timeout_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=60,
            description="How long the answer to one request may take, from looking up the name to its end.",
            examples=[30],
        ),
    ] = 30


class Result(JobModel):
    """The last answer, whose status is 2xx."""

    status: Annotated[int, Field(ge=200, le=299, description="Its status code.", examples=[200])]
    headers: Annotated[
        dict[str, str],
        Field(
            description=(
                "By names in lower case; what came more than once is joined by commas. What looks like a "
                "secret, by its name, is `[redacted]`."
            ),
            examples=[{"content-type": "application/json"}],
        ),
    ]
    body: Annotated[
        str,
        Field(
            description="The first 64 KiB (65,536 bytes) of its body, as `body_encoding` says.",
            examples=['{"done": true}'],
        ),
    ]
    body_encoding: Annotated[
        Literal["text", "base64"],
        Field(description="`text` when the body was UTF-8, else `base64`.", examples=["text"]),
    ]
    truncated: Annotated[bool, Field(description="Whether the body was longer.", examples=[False])]
    duration_ms: Annotated[
        int,
        Field(ge=0, description="Milliseconds from looking up the name to the answer's end.", examples=[184]),
    ]


JOB_TYPE = JobType(
    name="http_request",
    version=1,
    summary="One HTTP request at its time, sent again when that may help",
    input=Input,
    result=Result,
    # The longest answer, and room for what the clock of a request does not bound.
    timeout=75,
    typical=1,
    # So that 20 retries fit, each after the longest wait that a `Retry-After` is granted.
    deadline=86_400,
    retention=86_400,
    retry=RetryPolicy(max_attempts=MAX_RETRIES + 1, base=1, cap=300),
    dialect="fliq",
    endpoint="/jobs",
)
