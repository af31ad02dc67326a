"""What `http_request` takes and gives: one HTTP request, sent when its time has come."""

from typing import Annotated, Literal

from pydantic import Field

from apps.requests.web_requests import MAX_RETRIES, Body, Headers, Method, Timeout, Url
from claimcheck.authoring import JobModel, JobType, RetryPolicy

# Bytes of the answer that the result holds.
SHOWN = 64 * 1024


class Input(JobModel):
    url: Url
    method: Method = "POST"
    headers: Headers = {}  # noqa: RUF012 - pydantic copies defaults
    body: Body = ""
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
    timeout_seconds: Timeout = 30


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
)
