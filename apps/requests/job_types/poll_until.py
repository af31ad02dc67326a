"""The contract of the job type `poll_until`: poll a third party until it is done."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from apps.requests.expressions import MAX_EXPRESSION, parsed
from apps.requests.placeholders import checked, expressions_in, filled
from apps.requests.web_requests import (
    MAX_RETRIES,
    MAX_URL,
    Body,
    Method,
    Retries,
    Timeout,
    UncheckedHeaders,
    WebRequest,
    checked_headers,
    checked_url,
)
from claimcheck.authoring import JobModel, JobType, RetryPolicy
from claimcheck.outbound import check_url

# The longest seconds from one poll to the next.
MAX_EVERY = 3600


def _expression(expression: str) -> str:
    parsed(expression)
    return expression


def _url(url: str) -> str:
    """Raises: ValueError, also if a placeholder would choose the server."""
    if is_placeholder(checked(url)):
        return url
    one, other = (check_url(checked_url(filled(url, fill)), allow_loopback=True) for fill in "xy")
    if one[:3] != other[:3]:
        raise ValueError("put placeholders in the path or the query, or use one as the whole URL")
    return url


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for value in headers.values():
        checked(value)
    checked_headers({name: filled(value, "x") for name, value in headers.items()})
    return headers


def is_placeholder(text: str) -> bool:
    """Return whether the whole text is one placeholder."""
    return len(expressions_in(text)) == 1 and filled(text, "") == ""


Expression = Annotated[str, Field(max_length=MAX_EXPRESSION), AfterValidator(_expression)]


class Start(WebRequest):
    """The request that starts the work. Its `Idempotency-Key` is the job's ID unless you set one."""


class Poll(JobModel):
    """The request that asks for the progress.

    `{{start.body.task_id}}` in its URL, in a header's value or in its body is replaced by the value of this
    JMESPath expression in the answer to `start`, escaped for its place.
    """

    url: Annotated[
        str,
        Field(
            max_length=MAX_URL,
            description="An https URL of a public address, without credentials. Values of placeholders are "
            "percent-encoded. A placeholder that is the whole URL is not: its value may be relative to the "
            "URL of `start`, and must be on the same server.",
            examples=["https://api.example.com/v1/renders/{{start.body.id}}"],
        ),
        AfterValidator(_url),
    ]
    method: Method = Field(default="GET", examples=["GET"])
    headers: Annotated[UncheckedHeaders, AfterValidator(_headers)] = {}  # noqa: RUF012
    body: Annotated[Body, AfterValidator(checked)] = ""

    @property
    def placeholders(self) -> dict[str, list[str]]:
        """The expressions, by field."""
        headers = {f"headers/{name}": text for name, text in self.headers.items()}
        places = {"url": self.url, **headers, "body": self.body}
        return {place: found for place, text in places.items() if (found := expressions_in(text))}


class Input(JobModel):
    start: Start | None = Field(
        default=None,
        description="Sent first, with retries after no answer, 408, 425, 429 or 5xx. If absent, polling "
        "starts at once.",
        examples=[{"url": "https://api.example.com/v1/renders", "body": '{"scene": 7}'}],
    )
    poll: Poll
    until: Expression = Field(
        description="True when the work is done. JMESPath over `{status, headers, body}` of an "
        "answer. Header names are in lower case. `body` is the JSON value, or a string.",
        examples=["body.status == 'completed'"],
    )
    fail_if: Expression | None = Field(
        default=None,
        description="True when the work has failed. JMESPath over the same, evaluated before `until`. A "
        "string becomes the error message of the job.",
        examples=["body.status == 'failed' && body.error.message"],
    )
    result: Expression | None = Field(
        default=None,
        description="JMESPath over the same: the part of the last answer to keep. Default: its body.",
        examples=["body.result"],
    )
    every: float = Field(
        default=15, ge=1, le=MAX_EVERY, description="Seconds from one poll to the next.", examples=[15]
    )
    backoff: float = Field(
        default=1, ge=1, le=10, description="The factor of `every` after each poll.", examples=[1.5]
    )
    max_every: float = Field(
        default=MAX_EVERY,
        ge=1,
        le=MAX_EVERY,
        description="The maximum of `every`, in seconds. Not less than `every`.",
        examples=[120],
    )
    pending_statuses: list[Annotated[int, Field(ge=100, le=599)]] = Field(
        default_factory=list,
        max_length=20,
        description='Statuses of a poll that mean "not yet": the next poll follows, and no expression is '
        "evaluated. In the first minute after `start`, a 404 does not fail the job either.",
        examples=[[404, 409]],
    )
    timeout_seconds: Timeout = 30
    max_retries: Retries = Field(
        default=3, description="Retries of `start`. A failed poll is not retried: the next one follows."
    )

    @field_validator("poll")
    @classmethod
    def _placeholders_need_a_start(cls, poll: Poll, info: ValidationInfo) -> Poll:
        if poll.placeholders and info.data.get("start", ...) is None:
            place, [expression, *_] = next(iter(poll.placeholders.items()))
            raise ValueError(f"{place} has the placeholder {{{{{expression[:60]}}}}}, but there is no start")
        return poll

    @field_validator("max_every")
    @classmethod
    def _grows(cls, max_every: float, info: ValidationInfo) -> float:
        if max_every < info.data.get("every", 1):
            raise ValueError("must not be less than every")
        return max_every


class Result(JobModel):
    """The last answer."""

    status: int = Field(description="The status code.", examples=[200])
    output: Any = Field(
        description="The value of `result`. Without `result`, the body: a JSON value or a string.",
        examples=[{"url": "https://cdn.example.com/render.mp4"}],
    )
    polls: int = Field(ge=1, description="The number of polls sent.", examples=[7])


JOB_TYPE = JobType(
    name="poll_until",
    version=1,
    summary="Poll a third party until its work is done",
    input=Input,
    result=Result,
    # The longest time limit of a request, and time for the rest of the attempt.
    timeout=75,
    typical=60,
    deadline=86_400,
    retention=86_400,
    # For `start`, the input sets a lower maximum. For a poll, only a lost worker costs an attempt.
    retry=RetryPolicy(max_attempts=MAX_RETRIES + 1),
)
