"""Send a customer's request and record its answer.

The request itself is not recorded, because it can have credentials.
"""

import codecs
import re
from base64 import b64encode
from http.client import responses
from typing import Any, Literal, NamedTuple

from claimcheck.authoring import Fail, JobContext, Outcome, Retry
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import Millis
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

# Seconds. A longer `Retry-After` is cut to this.
LONGEST_PAUSE = 900
# Error codes of jobs without an answer.
CODES: dict[type[OutboundError], str] = {
    RequestRefused: "request_refused",
    Unreachable: "upstream_unreachable",
    TimedOut: "upstream_timeout",
    AnswerTooLarge: "upstream_answer_too_large",
    AnswerBroken: "upstream_error",
}
# Request Timeout, Too Early, Too Many Requests.
TEMPORARY = frozenset({408, 425, 429})

# The record of an answer: bytes of the body, headers, and characters of a header.
RECORDED = 1024
RECORDED_HEADERS = ("content-type", "location", "retry-after")
RECORDED_HEADER = 200
# Each takes six characters in JSON, so a body with any is recorded in base64.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Request(NamedTuple):
    method: str
    url: str
    headers: dict[str, str]
    body: str


class Sent(NamedTuple):
    """`duration` is from the DNS lookup to the end of the answer."""

    answer: Answer
    duration: Millis


def send(job: JobContext, request: Request, timeout: float) -> Sent:
    """Send a request once, and record the answer. Raises: OutboundError."""
    clock = job.tools.clock
    # Receivers need these to recognise duplicates.
    ours = {"Claimcheck-Job-Id": job.job_id, "Claimcheck-Attempt": str(job.attempt)}
    # The customer's own trace goes before that of the submission.
    traced = {} if "traceparent" in {name.lower() for name in request.headers} else job.trace
    started = clock.now()
    job.note(fired_at=rfc3339(started))
    try:
        answer = job.tools.outbound.request(
            request.method,
            request.url,
            {**traced, **request.headers, **ours},
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
    """Send a request that must be answered with 2xx. Raises: Fail, Retry."""
    if job.attempt > max_retries + 1:
        # The attempt of a lost worker counts, because its request may have been sent.
        raise Fail("attempts_exhausted", "The last attempt was interrupted before its answer was known.")
    try:
        sent = send(job, request, timeout)
    except OutboundError as error:
        if not error.transient:
            raise unanswered(error) from error
        raise _again(job, max_retries, CODES[type(error)], error.message) from error
    if 200 <= sent.answer.status < 300:
        return sent
    if not is_temporary(sent.answer.status):
        raise rejected(sent.answer)
    pause, message = pause_asked(sent.answer, job.tools.clock.now()), _answered(sent.answer)
    raise _again(job, max_retries, "upstream_error", message, pause)


def unanswered(error: OutboundError) -> Fail:
    return Fail(CODES[type(error)], error.message)


def rejected(answer: Answer) -> Fail:
    redirect = ", and redirects are not followed" if answer.status < 400 else ""
    return Fail("upstream_rejected", f"{_answered(answer)}{redirect}.")


def is_temporary(status: int) -> bool:
    return status in TEMPORARY or status >= 500


def pause_asked(answer: Answer, now: Millis) -> float:
    """Return the seconds of `Retry-After`, at most LONGEST_PAUSE, or 0."""
    return min(retry_after(answer.headers, now) or 0.0, LONGEST_PAUSE)


def shown(body: bytes, limit: int) -> tuple[str, Literal["text", "base64"]]:
    """Return the first `limit` bytes of a body, as text if they are UTF-8."""
    kept = body[:limit]
    try:
        # This drops a character that is cut at the end.
        return codecs.getincrementaldecoder("utf-8")().decode(kept, final=kept == body), "text"
    except UnicodeDecodeError:
        return b64encode(kept).decode(), "base64"


def _answered(answer: Answer) -> str:
    return f"The server answered {answer.status} {responses.get(answer.status, '')}".rstrip()


def _again(job: JobContext, max_retries: int, code: str, message: str, pause: float = 0) -> Outcome:
    """Return a retry, or the failure after the last attempt. A pause of 0 means the policy's backoff."""
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
