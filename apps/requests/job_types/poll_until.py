"""What `poll_until` takes and gives: a request that is repeated until its answer says that it is done."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from apps.requests.expressions import MAX_EXPRESSION, parsed
from apps.requests.placeholders import checked, expressions_in, filled
from apps.requests.web_requests import (
    MAX_RETRIES,
    MAX_URL,
    Body,
    Headers,
    Method,
    Timeout,
    UncheckedHeaders,
    Url,
    checked_headers,
    checked_url,
)
from claimcheck.authoring import JobModel, JobType, RetryPolicy
from claimcheck.outbound import check_url

# Seconds: the longest from one poll to the next.
MAX_EVERY = 3600


def _expression(expression: str) -> str:
    parsed(expression)
    return expression


def _url(url: str) -> str:
    """Raises: ValueError also when something else than the submission would say where to."""
    if is_placeholder(checked(url)):
        return url
    one, other = (check_url(checked_url(filled(url, fill)), allow_loopback=True) for fill in "xy")
    if one[:3] != other[:3]:
        raise ValueError("a placeholder stands in the path or the query, or is the whole URL")
    return url


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for value in headers.values():
        checked(value)
    checked_headers({name: filled(value, "x") for name, value in headers.items()})
    return headers


def is_placeholder(text: str) -> bool:
    """Whether it is one and nothing else."""
    return len(expressions_in(text)) == 1 and filled(text, "") == ""


Expression = Annotated[str, Field(max_length=MAX_EXPRESSION), AfterValidator(_expression)]


class Start(JobModel):
    """The request that starts what is polled. It is sent with the job's id as its `Idempotency-Key`, unless
    it has one of its own."""

    url: Url
    method: Method = "POST"
    headers: Headers = {}  # noqa: RUF012 - pydantic copies defaults
    body: Body = ""


class Poll(JobModel):
    """The request that asks how far it is. `{{start.body.task_id}}` in its URL, in a header's value or in its
    body stands for what this JMESPath expression finds in the answer to `start`, escaped for where it
    stands."""

    url: Annotated[
        str,
        Field(
            max_length=MAX_URL,
            description=(
                "Where to send it: https, to a public address, without credentials. What fills a placeholder "
                "is percent-encoded; one that is the whole URL is taken as it is, relative to that of "
                "`start`, and must lead to the same server."
            ),
            examples=["https://api.example.com/v1/renders/{{start.body.id}}"],
        ),
        AfterValidator(_url),
    ]
    method: Annotated[Method, Field(examples=["GET"])] = "GET"
    headers: Annotated[UncheckedHeaders, AfterValidator(_headers)] = {}  # noqa: RUF012
    body: Annotated[Body, AfterValidator(checked)] = ""

    @property
    def placeholders(self) -> dict[str, list[str]]:
        """The expressions in it, by the field that has them."""
        places = {"url": self.url, **{f"headers/{name}": text for name, text in self.headers.items()}}
        places["body"] = self.body
        return {place: found for place, text in places.items() if (found := expressions_in(text))}


class Input(JobModel):
    start: Annotated[
        Start | None,
        Field(
            description="Sent once at first, and again when there is no answer or one of 408, 425, 429 and "
            "5xx. Without it the first poll is sent at once.",
            examples=[{"url": "https://api.example.com/v1/renders", "body": '{"scene": 7}'}],
        ),
    ] = None
    poll: Poll
    until: Annotated[
        Expression,
        Field(
            description=(
                "JMESPath over `{status, headers, body}` of the answer to a poll: true once it is done. "
                "`headers` are by names in lower case; `body` is parsed where it is JSON, else a string."
            ),
            examples=["body.status == 'completed'"],
        ),
    ]
    fail_if: Annotated[
        Expression | None,
        Field(
            description=(
                "JMESPath over the same, looked at first: true once it has failed. Where it gives a string, "
                "that is the failed job's message."
            ),
            examples=["body.status == 'failed' && body.error.message"],
        ),
    ] = None
    result: Annotated[
        Expression | None,
        Field(
            description="JMESPath over the same: what to keep of the last answer, else its body.",
            examples=["body.result"],
        ),
    ] = None
    every: Annotated[
        float, Field(ge=1, le=MAX_EVERY, description="Seconds from one poll to the next.", examples=[15])
    ] = 15
    backoff: Annotated[
        float,
        Field(ge=1, le=10, description="By what `every` is multiplied after each poll.", examples=[1.5]),
    ] = 1
    max_every: Annotated[
        float,
        Field(
            ge=1,
            le=MAX_EVERY,
            description="To how many seconds `every` grows at most; not less than it.",
            examples=[120],
        ),
    ] = MAX_EVERY
    timeout_seconds: Timeout = 30
    max_retries: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_RETRIES,
            description="How often to send `start` again. Polls need none: one that goes wrong is followed "
            "by the next.",
            examples=[3],
        ),
    ] = 3

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
    """What the upstream made."""

    status: Annotated[int, Field(description="The status code of the last answer.", examples=[200])]
    output: Annotated[
        Any,
        Field(
            description="What `result` found in it; without `result`, its body: as JSON, or as a string.",
            examples=[{"url": "https://cdn.example.com/render.mp4"}],
        ),
    ]
    polls: Annotated[int, Field(ge=1, description="How many polls were sent.", examples=[7])]


JOB_TYPE = JobType(
    name="poll_until",
    version=1,
    summary="Starts something at a third party and polls it until it is done",
    input=Input,
    result=Result,
    # The longest answer, and room for reading it and for what the clock of a request does not bound.
    timeout=75,
    typical=60,
    deadline=86_400,
    retention=86_400,
    # Of `start`, whose input says how many; of a poll, those that a lost worker cost.
    retry=RetryPolicy(max_attempts=MAX_RETRIES + 1, base=1, cap=300),
)
