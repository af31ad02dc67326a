"""The contract of the job type `http_request`: one HTTP request, sent at its time."""

from typing import Literal

from pydantic import Field

from apps.requests.web_requests import MAX_RETRIES, Retries, Timeout, WebRequest
from claimcheck.authoring import JobModel, JobType, RetryPolicy

# Bytes of the answer's body in the result.
SHOWN = 64 * 1024


class Input(WebRequest):
    max_retries: Retries = Field(
        default=3,
        description="Retries after no connection, no answer in time, 408, 425, 429 or 5xx. At most "
        "`max_retries` + 1 requests are sent.",
    )
    timeout_seconds: Timeout = 30


class Result(JobModel):
    """The last answer."""

    status: int = Field(ge=200, le=299, description="The status code.", examples=[200])
    headers: dict[str, str] = Field(
        description="Names are in lower case. Repeated headers are joined by commas. Headers whose names "
        "suggest a secret are `[redacted]`.",
        examples=[{"content-type": "application/json"}],
    )
    body: str = Field(description="The first 64 KiB (65,536 bytes) of the body.", examples=['{"done": true}'])
    body_encoding: Literal["text", "base64"] = Field(
        description="`text` if the body is UTF-8, otherwise `base64`.", examples=["text"]
    )
    truncated: bool = Field(description="Whether the body was longer.", examples=[False])
    duration_ms: int = Field(
        ge=0, description="Milliseconds from the DNS lookup to the end of the answer.", examples=[184]
    )


JOB_TYPE = JobType(
    name="http_request",
    version=1,
    summary="Send an HTTP request at its time, with retries",
    input=Input,
    result=Result,
    # The longest time limit of a request, and time for the rest of the attempt.
    timeout=75,
    typical=1,
    # Enough for 20 retries, each after the longest `Retry-After`.
    deadline=86_400,
    retention=86_400,
    retry=RetryPolicy(max_attempts=MAX_RETRIES + 1),
)
