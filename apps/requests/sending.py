"""Sending one of a customer's requests: what is recorded of it, and what its answer means to a job.

Shared by the handlers that send what customers write. Of the request nothing is recorded: its headers and
body can hold credentials.
"""

from __future__ import annotations

import codecs
import re
from base64 import b64encode
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from claimcheck.authoring import Fail, Outcome, Retry
from claimcheck.domain.clock import rfc3339
from claimcheck.outbound import (
    Answer,
    AnswerBroken,
    AnswerTooLarge,
    OutboundError,
    RequestRefused,
    TimedOut,
    Unreachable,
    redacted_headers,
    retry_after,
)

if TYPE_CHECKING:
    from claimcheck.authoring import JobContext
    from claimcheck.domain.job import Millis

# Seconds. A server that asks for longer is asked again before it would like to be.
LONGEST_PAUSE = 900
# What the job fails with when there was no answer.
CODES: dict[type[OutboundError], str] = {
    RequestRefused: "request_refused",
    Unreachable: "upstream_unreachable",
    TimedOut: "upstream_timeout",
    AnswerTooLarge: "upstream_answer_too_large",
    AnswerBroken: "upstream_error",
}
# Request Timeout, Too Early, Too Many Requests: of 4xx, what the same request may outlive.
PASSING = frozenset({408, 425, 429})

# What is recorded of an answer: so many bytes of its body, and these headers, cut to so many characters.
RECORDED = 1024
RECORDED_HEADERS = ("content-type", "location", "retry-after")
RECORDED_HEADER = 200
# Not in what is recorded as text: each would be six characters of JSON.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Request(NamedTuple):
    method: str
    url: str
    headers: dict[str, str]
    body: str


class Sent(NamedTuple):
    """An answer, and the milliseconds from looking up the name to the end of the answer."""

    answer: Answer
    duration: Millis


def send(job: JobContext, request: Request, timeout: float) -> Sent:
    """Send it once, and note how that went. Raises: OutboundError."""
    clock = job.tools.clock
    # By these a receiver knows a repeat: whoever is asked twice must be able to tell.
    ours = {"Claimcheck-Job-Id": job.job_id, "Claimcheck-Attempt": str(job.attempt)}
    started = clock.now()
    job.note(fired_at=rfc3339(started))
    try:
        answer = job.tools.outbound.request(
            request.method,
            request.url,
            {**request.headers, **ours},
            request.body.encode() or None,
            timeout=timeout,
        )
    except OutboundError as error:
        job.note(duration_ms=clock.now() - started, error=error.code)
        raise
    duration = clock.now() - started
    job.note(duration_ms=duration, response=_recorded(answer))
    return Sent(answer, duration)


def send_or_fail(job: JobContext, request: Request, timeout: float, max_retries: int) -> Sent:
    """Send it for as many attempts as there may be, until it is answered with 2xx. Raises: Fail, Retry."""
    if job.attempt > max_retries + 1:
        # A lost worker's attempt counts: nobody knows whether its request was sent.
        raise Fail("attempts_exhausted", "The last attempt was cut off before its answer was known.")
    try:
        sent = send(job, request, timeout)
    except OutboundError as error:
        if not error.transient:
            raise unanswered(error) from error
        raise _again(job, max_retries, CODES[type(error)], error.message) from error
    if 200 <= sent.answer.status < 300:
        return sent
    raise _turned_down(job, sent.answer, max_retries)


def unanswered(error: OutboundError) -> Fail:
    """The end of a job whose request has no answer, and will have none."""
    return Fail(CODES[type(error)], error.message)


def rejected(answer: Answer) -> Fail:
    redirect = ", and redirects are not followed" if answer.status < 400 else ""
    return Fail("upstream_rejected", f"The server answered {named(answer.status)}{redirect}.")


def passes(status: int) -> bool:
    """Whether the same request may be answered better later."""
    return status in PASSING or status >= 500


def pause_asked(answer: Answer, now: Millis) -> float:
    """Seconds that its `Retry-After` asks for, as far as that is granted; 0 when it asks for none."""
    return min(retry_after(answer.headers, now) or 0.0, LONGEST_PAUSE)


def named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def shown(body: bytes, limit: int) -> tuple[str, Literal["text", "base64"]]:
    """The first bytes of a body, as text where they are UTF-8."""
    kept = body[:limit]
    try:
        # A character that the cut went through is left out.
        return codecs.getincrementaldecoder("utf-8")().decode(kept, final=kept == body), "text"
    except UnicodeDecodeError:
        return b64encode(kept).decode(), "base64"


def _turned_down(job: JobContext, answer: Answer, max_retries: int) -> Outcome:
    if not passes(answer.status):
        return rejected(answer)
    pause = pause_asked(answer, job.tools.clock.now())
    return _again(job, max_retries, "upstream_error", f"The server answered {named(answer.status)}", pause)


def _again(job: JobContext, max_retries: int, code: str, message: str, pause: float = 0) -> Outcome:
    """Another attempt, or the end when this was the last. A pause of 0 is left to the policy's backoff."""
    message = f"{message} (attempt {job.attempt} of {max_retries + 1})."
    if job.attempt > max_retries:
        return Fail(code, message)
    return Retry(pause or None, message, code)


def _recorded(answer: Answer) -> dict[str, Any]:
    headers = {
        name: CONTROL.sub("", answer.headers[name]) for name in RECORDED_HEADERS if name in answer.headers
    }
    body, encoding = shown(answer.body, RECORDED)
    if encoding == "text" and CONTROL.search(body):
        body, encoding = b64encode(answer.body[:RECORDED]).decode(), "base64"
    return {
        "status": answer.status,
        "headers": {name: value[:RECORDED_HEADER] for name, value in redacted_headers(headers).items()},
        "body": body,
        "body_encoding": encoding,
        "truncated": len(answer.body) > RECORDED,
    }
